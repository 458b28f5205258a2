package io.varve.mysql;

import io.varve.InvalidRequestException;
import io.varve.VarveException;
import java.sql.SQLException;
import java.util.List;

/** A failure for lack of a privilege: the server names one at a time, people want to know all. */
final class Denial {

  private Denial() {}

  /** Which privileges lack. */
  @FunctionalInterface
  interface Search {
    List<MissingPrivilege> missing() throws SQLException;
  }

  /**
   * The failure with the statements that give all that lacks in place of its hint; as it is where
   * it came of something else, or where nothing is found to lack.
   */
  static VarveException explained(VarveException failure, Search search) {
    if (!(failure.getCause() instanceof SQLException cause) || !SqlErrors.isDenied(cause)) {
      return failure;
    }
    try {
      List<MissingPrivilege> missing = search.missing();
      return missing.isEmpty()
          ? failure
          : new InvalidRequestException(
              failure.doing(),
              failure.subject(),
              failure.reason(),
              MissingPrivilege.advice(missing),
              cause);
    } catch (SQLException unknown) {
      return failure; // which has a hint of its own
    }
  }
}
