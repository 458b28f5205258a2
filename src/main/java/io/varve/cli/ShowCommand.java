package io.varve.cli;

import io.varve.mysql.Account;
import io.varve.mysql.ReplicaStatements;
import io.varve.mysql.SchemaObject;
import io.varve.repository.Manifest;
import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import io.varve.repository.Totals;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code varve show}. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Shows what is in a backup, when each table was read, how much of it is new, and how to",
      "replicate from where it stands; with --json its manifest."
    },
    footer = {"", "Example:", "  varve show latest --store s3://bucket/backups"})
final class ShowCommand implements Callable<Integer> {

  @Parameters(paramLabel = "ID", description = "an id, latest, or a time")
  String which = "";

  @Option(
      names = "--show-keys",
      description = "with --json: the bounds of ranges too, which are key values of your rows")
  boolean showKeys;

  @ParentCommand VarveCommand varve = new VarveCommand();
  @Mixin StoreOptions store = new StoreOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    try (Repository repository = store.open()) {
      SourceRepository source = store.source(repository);
      Manifest manifest = source.manifest(source.resolve(which));
      Timeline timeline =
          new Timeline(
              manifest, part -> source.backupOf(part.key()), Bars.of(varve.terminalCharset()));
      common.print(
          (showKeys ? manifest : manifest.withoutBounds()).withoutSecrets(),
          text(manifest, timeline));
    }
    return 0;
  }

  private static String text(Manifest manifest, Timeline timeline) {
    Totals totals = manifest.totals();
    Lines lines =
        Lines.of("Backup " + manifest.id() + " of " + manifest.source())
            .line(
                "time",
                manifest.snapshotTime().truncatedTo(ChronoUnit.SECONDS)
                    + ", took "
                    + Quantity.seconds(totals.seconds()))
            .line("server", manifest.server().flavour() + " " + manifest.server().version())
            .line("snapshot", Snapshots.text(manifest.consistency()))
            .line("rows", Quantity.count(totals.rows()));
    if (manifest.changes() != null) {
      Reports.changes(lines, manifest.changes(), Optional.ofNullable(manifest.parent()));
    }
    lines.line("stored", Reports.stored(totals)).line("made by", "varve " + manifest.toolVersion());
    if (manifest.tags() != null) {
      lines.line("tags", String.join(", ", manifest.tags()));
    }
    if (manifest.repairs() != null) {
      lines.line("repairs", manifest.repairs().value());
    }
    if (manifest.consistency().binlogFile() != null) {
      lines.line(
          "position",
          manifest.consistency().binlogFile() + ":" + manifest.consistency().binlogPosition());
    }
    manifest.notes().forEach(note -> lines.line("note", note));
    lines.block(timeline.lines());
    manifest
        .schemas()
        .forEach(
            schema ->
                schema
                    .sequences()
                    .forEach(
                        sequence ->
                            lines.line(
                                "sequence",
                                schema.name()
                                    + "."
                                    + sequence.name()
                                    + "  next value "
                                    + sequence.nextValue())));
    manifest
        .schemas()
        .forEach(
            schema ->
                schema.objects().stream()
                    .collect(Collectors.groupingBy(SchemaObject::kind, Collectors.toList()))
                    .forEach(
                        (kind, objects) ->
                            lines.line(
                                kind.word(),
                                objects.stream()
                                    .map(object -> schema.name() + "." + object.name())
                                    .collect(Collectors.joining(", ")))));
    if (manifest.accounts() != null) {
      lines.line(
          "accounts",
          manifest.accounts().stream().map(Account::name).collect(Collectors.joining(", ")));
    }
    replica(lines, manifest);
    return lines.toString();
  }

  /** How what is restored from it becomes a replica of the source. */
  private static void replica(Lines lines, Manifest manifest) {
    List<String> statements =
        ReplicaStatements.of(
            manifest.server().flavour(),
            manifest.server().version(),
            manifest.consistency().position());
    if (statements.isEmpty()) {
      lines.line("replica", "the backup holds no position in the source's log to replicate from");
      return;
    }
    lines.line(
        "replica",
        "restore with --no-binary-log into a server of its own, then execute there"
            + (manifest.includes().isEmpty() && manifest.excludes().isEmpty()
                ? ""
                : " (the backup has not all tables: filter the others)"));
    lines.block(statements.stream().map(statement -> statement + ";").toList());
  }
}
