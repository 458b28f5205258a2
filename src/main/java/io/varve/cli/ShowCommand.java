package io.varve.cli;

import io.varve.mysql.Account;
import io.varve.mysql.SchemaObject;
import io.varve.repository.Manifest;
import io.varve.repository.PartEntry;
import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import io.varve.repository.TableEntry;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code varve show}. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Shows what is in a backup; with --json its manifest.",
    footer = {"", "Example:", "  varve show latest --store s3://bucket/backups"})
final class ShowCommand implements Callable<Integer> {

  @Parameters(paramLabel = "ID", description = "an id, latest, or a time")
  String which = "";

  @Option(
      names = "--show-keys",
      description = "with --json: the bounds of ranges too, which are key values of your rows")
  boolean showKeys;

  @Mixin StoreOptions store = new StoreOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    try (Repository repository = store.open()) {
      SourceRepository source = store.source(repository);
      Manifest manifest = source.manifest(source.resolve(which));
      common.print(
          (showKeys ? manifest : manifest.withoutBounds()).withoutSecrets(), text(manifest));
    }
    return 0;
  }

  private static String text(Manifest manifest) {
    Lines lines =
        Lines.of("Backup " + manifest.id() + " of " + manifest.source())
            .line("time", manifest.snapshotTime().truncatedTo(ChronoUnit.SECONDS).toString())
            .line("server", manifest.server().flavour() + " " + manifest.server().version())
            .line("snapshot", Snapshots.text(manifest.consistency()))
            .line("rows", Quantity.count(manifest.totals().rows()))
            .line(
                "stored",
                Quantity.bytes(manifest.totals().storedBytes())
                    + " of "
                    + Quantity.bytes(manifest.totals().rawBytes())
                    + ", backup ratio "
                    + Quantity.ratio(manifest.totals().storedBytes(), manifest.totals().rawBytes()))
            .line("made by", "varve " + manifest.toolVersion());
    if (manifest.consistency().binlogFile() != null) {
      lines.line(
          "position",
          manifest.consistency().binlogFile() + ":" + manifest.consistency().binlogPosition());
    }
    manifest.notes().forEach(note -> lines.line("note", note));
    for (TableEntry table : manifest.tables()) {
      lines.line(
          "table",
          table.definition().name()
              + "  "
              + Quantity.count(table.rows())
              + " rows, "
              + Quantity.bytes(table.parts().stream().mapToLong(PartEntry::storedBytes).sum())
              + " in "
              + (table.parts().size() == 1 ? "1 part" : table.parts().size() + " parts"));
    }
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
    return lines.toString();
  }
}
