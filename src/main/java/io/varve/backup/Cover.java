package io.varve.backup;

import io.varve.backup.KnownParts.KnownRange;
import io.varve.mysql.KeyRange;
import io.varve.mysql.SourceTable;
import io.varve.mysql.TableChangedException;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableName;
import io.varve.mysql.TableReader;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What of each table a pass goes through, and what is known of it. */
interface Cover {

  /**
   * Ranges of a table, in order, each with what is known of it.
   *
   * @param reader in the pass's snapshot
   * @param workers who are to have something to do from the beginning
   */
  List<KnownRange> ranges(SourceTable table, TableReader reader, int workers);

  /** Whether the server is to count a table of which something was read. */
  boolean isToBeCounted(TableDefinition table);

  /** Whether the ranges of each table cover it. */
  boolean isWhole();

  /** Under which names tables were known. */
  Map<TableName, TableName> names();

  /** All of some tables. */
  final class Whole implements Cover {

    private final KnownParts known;
    private final Set<TableName> surelyKnown;
    private final BackupOptions options;
    private final Map<TableName, TableName> names;
    private final long allBytes;

    /**
     * @param surelyKnown tables of which no DDL can take rows away without showing afterwards
     */
    Whole(
        KnownParts known,
        List<SourceTable> tables,
        Set<TableName> surelyKnown,
        BackupOptions options) {
      this.known = known;
      this.surelyKnown = surelyKnown;
      this.options = options;
      this.names = known.names(tables);
      this.allBytes = tables.stream().mapToLong(SourceTable::dataBytes).sum();
    }

    @Override
    public List<KnownRange> ranges(SourceTable table, TableReader reader, int workers) {
      TableDefinition definition = table.definition();
      TableName as = names.get(definition.name());
      List<KnownRange> ranges =
          as == null
              ? List.of()
              : known.ranges(
                  definition,
                  as,
                  options.partBytes(table),
                  (one, other) -> reader.ascend(definition, List.of(one, other)));
      return ranges.isEmpty()
          ? segments(table, reader, workers).stream()
              .map(segment -> new KnownRange(segment, List.of()))
              .toList()
          : ranges;
    }

    /** One, but where that would leave workers without any at the start. */
    private List<KeyRange> segments(SourceTable table, TableReader reader, int workers) {
      if (!table.definition().transactional()) {
        return List.of(KeyRange.ALL); // one statement, under one lock, sees one moment
      }
      long wanted = Math.round(workers * (double) table.dataBytes() / Math.max(1, allBytes));
      if (wanted < 2 || table.dataBytes() < 2 * options.partBytes(table)) {
        return List.of(KeyRange.ALL);
      }
      try {
        return reader.segments(table.definition(), KeyRange.ALL, (int) wanted, 0);
      } catch (TableChangedException e) {
        return List.of(KeyRange.ALL); // whoever reads it will find out
      }
    }

    /**
     * Rows that are missing show by their number: DDL may have taken them away, or an order of keys
     * that is not what it seems. To count means to read an index of the table once more, so it is
     * left out where neither can be. Of a table without snapshots the number tells nothing.
     */
    @Override
    public boolean isToBeCounted(TableDefinition table) {
      boolean sure = surelyKnown.contains(table.name()) && table.ordersByNumbers();
      return table.transactional() && !sure;
    }

    @Override
    public boolean isWhole() {
      return true;
    }

    @Override
    public Map<TableName, TableName> names() {
      return names;
    }
  }

  /** The share of one of several processes. */
  final class Share implements Cover {

    private final Whole whole;
    private final KnownParts known;
    private final Map<TableName, List<KeyRange>> ranges;
    private final boolean counts;

    /**
     * @param ranges of this share
     * @param counts whether tables are counted: by whoever has their beginning
     */
    Share(Whole whole, KnownParts known, Map<TableName, List<KeyRange>> ranges, boolean counts) {
      this.whole = whole;
      this.known = known;
      this.ranges = ranges;
      this.counts = counts;
    }

    @Override
    public List<KnownRange> ranges(SourceTable table, TableReader reader, int workers) {
      return ranges.getOrDefault(table.name(), List.of()).stream()
          .flatMap(range -> known(table, range).stream())
          .toList();
    }

    private List<KnownRange> known(SourceTable table, KeyRange range) {
      TableName as = names().get(table.name());
      return as == null
          ? List.of(new KnownRange(range, List.of()))
          : known.rangesWithin(table.definition(), as, range, whole.options.partBytes(table));
    }

    @Override
    public boolean isToBeCounted(TableDefinition table) {
      return counts
          && whole.isToBeCounted(table)
          && ranges.getOrDefault(table.name(), List.of()).stream()
              .anyMatch(range -> range.lower() == null);
    }

    @Override
    public boolean isWhole() {
      return false;
    }

    @Override
    public Map<TableName, TableName> names() {
      return whole.names();
    }
  }
}
