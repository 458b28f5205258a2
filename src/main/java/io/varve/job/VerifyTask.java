package io.varve.job;

import io.varve.DamageFoundException;
import io.varve.repository.SourceRepository;
import io.varve.verify.StoppedAt;
import io.varve.verify.Verification;
import io.varve.verify.VerifyOptions;
import io.varve.verify.VerifyReport;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The function {@code verify}.
 *
 * @param percentRead of the parts that are read
 */
record VerifyTask(String source, Optional<String> backup, int percentRead) implements Task {

  private static final int MOST_NAMED = 10;
  private static final int CONNECTIONS = 2;

  static Task read(EventFields event) {
    return new VerifyTask(
        event.text("source"), event.optionalText("backup"), event.number("readData", 100));
  }

  @Override
  public Object run(Call call) {
    SourceRepository repository = call.repository();
    VerifyOptions options =
        new VerifyOptions(
            percentRead,
            CONNECTIONS,
            call.limit(),
            call.request().mark().flatMap(StoppedAt::parse));
    Verification verification =
        new Verification(repository, options, call.progress(), call.clock());
    VerifyReport report =
        backup
            .map(which -> verification.run(List.of(call.backup(which))))
            .orElseGet(verification::runAll);
    if (!report.sound()) {
      throw damage(repository, report);
    }
    return report;
  }

  private static DamageFoundException damage(SourceRepository repository, VerifyReport report) {
    int found = report.damages().size();
    return new DamageFoundException(
        "vouch for",
        repository.location(),
        found
            + (found == 1 ? " object is" : " objects are")
            + " not as the backups say: "
            + report.damages().stream()
                .limit(MOST_NAMED)
                .map(damage -> damage.key() + " (" + damage.reason() + ")")
                .collect(Collectors.joining(", "))
            + (found > MOST_NAMED ? ", ..." : ""),
        "varve repair makes damaged parts again where the source still has their rows; else make a"
            + " new full backup. Find out what changed the store.");
  }
}
