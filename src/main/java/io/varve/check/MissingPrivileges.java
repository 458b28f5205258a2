package io.varve.check;

import io.varve.mysql.MissingPrivilege;
import java.util.Collection;

/** How privileges that lack are told. */
final class MissingPrivileges {

  private MissingPrivileges() {}

  static Finding finding(MissingPrivilege privilege) {
    String text =
        "no " + privilege.privilege() + " on " + privilege.on() + ": " + privilege.without();
    return switch (privilege.loss()) {
      case RESULT -> Finding.missing("privilege", text);
      case COMFORT -> Finding.note("privilege", text);
    };
  }

  static boolean anyCostsTheResult(Collection<MissingPrivilege> missing) {
    return missing.stream().anyMatch(next -> next.loss() == MissingPrivilege.Loss.RESULT);
  }
}
