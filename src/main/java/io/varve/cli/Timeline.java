package io.varve.cli;

import io.varve.repository.BackupId;
import io.varve.repository.Manifest;
import io.varve.repository.PartEntry;
import io.varve.repository.TableChange;
import io.varve.repository.TableTimes;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The run of a backup at a glance: a line for each table, with what it holds, how much of that is
 * new in this backup, and when in the run it was worked on.
 */
final class Timeline {

  private static final int SHARE_WIDTH = 10;
  private static final int TIME_WIDTH = 24;

  private final Manifest manifest;
  private final Predicate<PartEntry> isNew;
  private final Bars bars;
  private final double seconds;
  private final Columns columns;

  /**
   * @param folder of a part: the id of the backup that stored it
   */
  Timeline(Manifest manifest, Function<PartEntry, Optional<String>> folder, Bars bars) {
    List<String> own =
        Stream.of(manifest.id(), manifest.repairs())
            .filter(Objects::nonNull)
            .map(BackupId::value)
            .toList();
    this.manifest = manifest;
    this.isNew = part -> folder.apply(part).filter(own::contains).isPresent();
    this.bars = bars;
    this.seconds = manifest.totals().seconds();
    this.columns =
        new Columns(
            "lrrrlll",
            "TABLE",
            "ROWS",
            "SIZE",
            "NEW",
            bars.kept() + " KEPT " + bars.full() + " NEW",
            "SINCE",
            isTimed() ? axis() : "");
  }

  private boolean isTimed() {
    return manifest.tables().stream().anyMatch(table -> table.times() != null);
  }

  private String axis() {
    String end = Quantity.seconds(seconds);
    return "0 s" + " ".repeat(Math.max(1, TIME_WIDTH - "0 s".length() - end.length())) + end;
  }

  /** The heads, the tables in the order of their names, and their sum. */
  List<String> lines() {
    manifest
        .tables()
        .forEach(
            table ->
                row(
                    table.definition().name().toString(),
                    table.rows(),
                    table.parts(),
                    change(table.change()),
                    table.times()));
    if (manifest.tables().size() > 1) {
      row(
          "all",
          manifest.totals().rows(),
          manifest.tables().stream().flatMap(table -> table.parts().stream()).toList(),
          manifest.parent() == null ? "" : manifest.parent().value(),
          isTimed() ? new TableTimes(0, seconds) : null);
    }
    return columns.lines();
  }

  private void row(
      String name, long rows, List<PartEntry> parts, String since, @Nullable TableTimes times) {
    List<PartEntry> fresh = parts.stream().filter(isNew).toList();
    long bytes = parts.stream().mapToLong(PartEntry::rawBytes).sum();
    columns.row(
        name,
        Quantity.count(rows),
        Quantity.bytes(bytes),
        Quantity.bytes(fresh.stream().mapToLong(PartEntry::storedBytes).sum()),
        bars.share(fresh.stream().mapToLong(PartEntry::rawBytes).sum(), bytes, SHARE_WIDTH),
        since,
        times == null ? "" : bars.stretch(times.began(), times.ended(), seconds, TIME_WIDTH));
  }

  private static String change(@Nullable TableChange change) {
    if (change == null) {
      return "";
    }
    return change.before() == null ? change.change() : change.change() + ", was " + change.before();
  }
}
