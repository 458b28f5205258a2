package io.varve.mysql;

import java.util.Set;

/**
 * What tells a table from one that takes its place: equal before and after, no DDL came between.
 *
 * @param ids of InnoDB, of the table and its partitions; none where the user may not see them, or
 *     another engine keeps it
 * @param rest time of creation and definition
 */
public record TableIdentity(Set<String> ids, String rest) {

  /** Whether no DDL can take rows away unseen. */
  public boolean isSure() {
    return !ids.isEmpty();
  }
}
