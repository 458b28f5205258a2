package io.varve.cli;

import io.varve.repository.Repository;
import io.varve.repository.Summary;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code varve list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Lists the backups in a repository, oldest first.",
    footer = {"", "Example:", "  varve list --store s3://bucket/backups"})
final class ListCommand implements Callable<Integer> {

  @Mixin StoreOptions store = new StoreOptions();
  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    List<Summary> backups = new ArrayList<>();
    try (Repository repository = store.open()) {
      List<String> sources = store.name == null ? repository.sources() : List.of(store.name);
      sources.forEach(source -> backups.addAll(repository.source(source).backups()));
    }
    backups.sort(Comparator.comparing(Summary::snapshotTime));
    common.print(new Result(backups.stream().map(Line::of).toList()), text(backups));
    return 0;
  }

  /** What {@code --json} prints. */
  record Result(List<Line> backups) {}

  /** One backup in it. */
  record Line(
      String backupId,
      String source,
      String kind,
      String time,
      int tables,
      long rows,
      long rawBytes,
      long storedBytes,
      double seconds) {

    static Line of(Summary summary) {
      return new Line(
          summary.id().value(),
          summary.source(),
          summary.kind().word(),
          summary.snapshotTime().truncatedTo(ChronoUnit.SECONDS).toString(),
          summary.totals().tables(),
          summary.totals().rows(),
          summary.totals().rawBytes(),
          summary.totals().storedBytes(),
          summary.totals().seconds());
    }
  }

  private static String text(List<Summary> backups) {
    if (backups.isEmpty()) {
      return "No backups.";
    }
    StringBuilder text = new StringBuilder();
    String form = "%-36s %-20s %-20s %7s %14s %10s %10s %8s";
    text.append(
        String.format(
            Locale.ROOT, form, "ID", "SOURCE", "TIME", "TABLES", "ROWS", "SIZE", "STORED", "TOOK"));
    for (Summary backup : backups) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n" + form,
              backup.id(),
              backup.source(),
              backup.snapshotTime().truncatedTo(ChronoUnit.SECONDS),
              Quantity.count(backup.totals().tables()),
              Quantity.count(backup.totals().rows()),
              Quantity.bytes(backup.totals().rawBytes()),
              Quantity.bytes(backup.totals().storedBytes()),
              Quantity.seconds(backup.totals().seconds())));
    }
    return text.toString();
  }
}
