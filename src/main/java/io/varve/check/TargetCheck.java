package io.varve.check;

import io.varve.VarveException;
import io.varve.mysql.ConnectionSettings;
import io.varve.mysql.MissingPrivilege;
import io.varve.mysql.ServerInfo;
import io.varve.mysql.Target;
import io.varve.mysql.TargetAbilities;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Whether a restore into a server would work, whatever it restores. Makes nothing: privileges are
 * deduced from the user's grants. For one run.
 */
public final class TargetCheck {

  static final String TRUST = "SET GLOBAL log_bin_trust_function_creators = 1;";

  private final Target target;
  private final List<Finding> findings = new ArrayList<>();
  private final List<MissingPrivilege> missing = new ArrayList<>();

  private TargetCheck(Target target) {
    this.target = target;
  }

  public static CheckReport run(ConnectionSettings settings) {
    try (Target target = Target.connect(settings, Target.BinaryLog.ON)) {
      return new TargetCheck(target).run();
    } catch (VarveException failed) {
      return new CheckReport(
          "target",
          settings.address().toString(),
          List.of(Finding.of("server", failed)),
          List.of());
    }
  }

  private CheckReport run() {
    ServerInfo info = target.info();
    TargetAbilities abilities = target.abilities();
    findings.add(Finding.good("server", ServerText.of(info, target.session())));
    describe(info);
    describe(abilities);
    privileges(abilities);
    List<String> statements = new ArrayList<>(MissingPrivilege.statements(missing));
    if (!abilities.trustsCreators()) {
      statements.add(TRUST);
    }
    return new CheckReport("target", target.address(), findings, statements);
  }

  private void describe(ServerInfo info) {
    findings.add(
        info.readOnly()
            ? Finding.missing(
                "writes", "read_only is on: name the server that takes writes, or switch it off")
            : Finding.good("writes", "read_only is off"));
    findings.add(
        info.localInfile()
            ? Finding.good("load", "local_infile is on: rows go in by LOAD DATA LOCAL")
            : Finding.note("load", "local_infile is off: rows go in by INSERT, which is slower"));
    findings.add(
        Finding.good(
            "packet",
            String.format(
                Locale.ROOT,
                "max_allowed_packet is %,d MiB: a restore says first if rows are too long for it",
                info.maxAllowedPacket() >> 20)));
  }

  private void describe(TargetAbilities abilities) {
    findings.add(
        abilities.knowsTimeZones()
            ? Finding.good("zones", "the server knows time zones by name")
            : Finding.note(
                "zones",
                "the server knows no time zones by name: events that have one cannot be restored."
                    + " mysql_tzinfo_to_sql loads them"));
    findings.add(
        abilities.canSkipBinaryLog()
            ? Finding.good("log", "--no-binary-log is possible")
            : Finding.note("log", "--no-binary-log is not possible for this user"));
    if (abilities.addsKeys()) {
      findings.add(
          Finding.note(
              "keys",
              "sql_generate_invisible_primary_key is on, and this user cannot switch it off: tables"
                  + " without a key get one"));
    }
    if (!abilities.trustsCreators()) {
      findings.add(
          Finding.missing(
              "functions",
              "the binary log is on and log_bin_trust_function_creators off: functions and triggers"
                  + " cannot be restored"));
    }
  }

  private void privileges(TargetAbilities abilities) {
    if (abilities.missing().isEmpty()) {
      findings.add(
          Finding.missing(
              "privilege",
              "this user may make tables in no schema: infra/grants has what a restore needs"));
    }
    abilities
        .missing()
        .forEach(
            (scope, lacking) -> {
              if (!MissingPrivileges.anyCostsTheResult(lacking)) {
                findings.add(
                    Finding.good(
                        "privilege", "all that a restore needs on " + scope + ", by its grants"));
              }
              missing.addAll(lacking);
            });
    if (!abilities.keepsDefiners()) {
      missing.add(target.definers());
    }
    missing.forEach(privilege -> findings.add(MissingPrivileges.finding(privilege)));
  }
}
