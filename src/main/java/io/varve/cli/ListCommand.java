package io.varve.cli;

import io.varve.repository.BackupId;
import io.varve.repository.Changes;
import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import io.varve.repository.Summary;
import io.varve.repository.Totals;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
    List<Line> backups = new ArrayList<>();
    try (Repository repository = store.open()) {
      List<String> sources = store.name == null ? repository.sources() : List.of(store.name);
      for (String name : sources) {
        SourceRepository source = repository.source(name);
        Set<BackupId> held = source.held();
        source
            .backups()
            .forEach(backup -> backups.add(Line.of(backup, held.contains(backup.id()))));
      }
    }
    backups.sort(Comparator.comparing(Line::time));
    common.print(new Result(backups), text(backups));
    return 0;
  }

  /** What {@code --json} prints. */
  record Result(List<Line> backups) {}

  /**
   * One backup in it.
   *
   * @param newBytes of the parts that it stored
   * @param keptBytes of those that it shares with older ones
   * @param backupRatio stored to raw bytes
   * @param changes since the parent; null where no one has looked
   * @param held whether prune keeps it in any case
   */
  record Line(
      String backupId,
      String source,
      String kind,
      @Nullable String parent,
      String time,
      int tables,
      int parts,
      long rows,
      long rawBytes,
      long storedBytes,
      long newBytes,
      long keptBytes,
      double backupRatio,
      double seconds,
      @Nullable Changes changes,
      List<String> tags,
      boolean held,
      @Nullable String repairs) {

    static Line of(Summary summary, boolean held) {
      Totals totals = summary.totals();
      Changes changes = summary.changes();
      long fresh = changes == null ? totals.storedBytes() : changes.bytesStored();
      return new Line(
          summary.id().value(),
          summary.source(),
          summary.kind().word(),
          summary.parent() == null ? null : summary.parent().value(),
          summary.snapshotTime().truncatedTo(ChronoUnit.SECONDS).toString(),
          totals.tables(),
          totals.parts(),
          totals.rows(),
          totals.rawBytes(),
          totals.storedBytes(),
          fresh,
          totals.storedBytes() - fresh,
          (double) totals.storedBytes() / Math.max(1, totals.rawBytes()),
          totals.seconds(),
          changes,
          summary.tags() == null ? List.of() : summary.tags(),
          held,
          summary.repairs() == null ? null : summary.repairs().value());
    }

    /** What tells it from the others of its time: the end of the parent's id. */
    String since() {
      return parent == null ? "" : parent.substring(parent.lastIndexOf('-') + 1);
    }

    String marks() {
      List<String> marks = new ArrayList<>(tags);
      if (held) {
        marks.addFirst("HELD");
      }
      return String.join(" ", marks);
    }
  }

  private static String text(List<Line> backups) {
    if (backups.isEmpty()) {
      return "No backups.";
    }
    Columns columns =
        new Columns(
            "lllrrrrrrl",
            "ID",
            "SOURCE",
            "SINCE",
            "ROWS",
            "SIZE",
            "NEW",
            "KEPT",
            "RATIO",
            "TOOK",
            "MARKS");
    for (Line backup : backups) {
      columns.row(
          backup.backupId(),
          backup.source(),
          backup.since(),
          Quantity.count(backup.rows()),
          Quantity.bytes(backup.rawBytes()),
          Quantity.bytes(backup.newBytes()),
          Quantity.bytes(backup.keptBytes()),
          Quantity.ratio(backup.storedBytes(), backup.rawBytes()),
          Quantity.seconds(backup.seconds()),
          backup.marks());
    }
    return String.join(System.lineSeparator(), columns.lines());
  }
}
