package io.varve.mysql;

import java.sql.SQLException;

/** Runs SQL so that a failure says what was being done, and to what. */
final class GuardedSql {

  private GuardedSql() {}

  /** SQL that answers. */
  @FunctionalInterface
  interface Value<T> {
    T get() throws SQLException;
  }

  /** SQL that only does. */
  @FunctionalInterface
  interface Action {
    void run() throws SQLException;
  }

  /**
   * Answers what the SQL does.
   *
   * @param doing such as {@code create}
   * @param subject such as {@code table shop.orders on db:3306}
   */
  static <T> T call(String doing, String subject, Value<T> value) {
    try {
      return value.get();
    } catch (SQLException e) {
      throw SqlErrors.translate(e, doing, subject);
    }
  }

  /** As {@link #call}. */
  static void run(String doing, String subject, Action action) {
    try {
      action.run();
    } catch (SQLException e) {
      throw SqlErrors.translate(e, doing, subject);
    }
  }
}
