package io.varve.mysql;

/** The two families of servers, which differ in functions, variables and log positions. */
public enum Flavour {
  MYSQL("MySQL"),
  MARIADB("MariaDB");

  private final String displayName;

  Flavour(String displayName) {
    this.displayName = displayName;
  }

  /** As its makers write it. */
  @Override
  public String toString() {
    return displayName;
  }
}
