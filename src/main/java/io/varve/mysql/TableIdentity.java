package io.varve.mysql;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What tells a table from one that takes its place: equal before and after, no DDL came between.
 *
 * @param ids of InnoDB, of the table and its partitions; none where the user may not see them, or
 *     another engine keeps it
 * @param rest time of creation and definition
 */
public record TableIdentity(Set<String> ids, String rest) {

  /** Of some tables those of which no DDL can take rows away unseen. */
  public static Set<TableName> sure(Map<TableName, TableIdentity> identities) {
    return identities.entrySet().stream()
        .filter(table -> table.getValue().isSure())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** Whether no DDL can take rows away unseen. */
  public boolean isSure() {
    return !ids.isEmpty();
  }
}
