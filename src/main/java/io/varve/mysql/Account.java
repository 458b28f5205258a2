package io.varve.mysql;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A user or role of a server.
 *
 * @param name as it stands in SQL: {@code `app`@`%`}
 * @param create the statement that makes it, with the hash of its password; empty for what every
 *     server has, MariaDB's PUBLIC
 * @param grants statements that give it what it may do; for after all accounts are made
 */
public record Account(String name, String create, List<String> grants) {

  public Account {
    requireNonNull(name, "name");
    requireNonNull(create, "create");
    grants = List.copyOf(grants);
  }

  /** The same without what it logs in by. */
  public Account withoutSecret() {
    return new Account(name, "", grants);
  }
}
