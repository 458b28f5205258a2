package io.varve.api;

import io.varve.repository.PartEntry;
import io.varve.repository.SourceRepository;
import io.varve.repository.TableChange;
import io.varve.repository.TableEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a page shows of a table of a backup.
 *
 * @param change since the parent; null in a full backup
 * @param ddl the statement that makes it, with its indexes and foreign keys
 * @param keyColumns of the key that ranges follow; none where no key is fit
 * @param parts the first thousand, in the order of the key
 */
record TableDetails(
    String schema,
    String table,
    long rows,
    int partCount,
    long rawBytes,
    long storedBytes,
    @Nullable TableChange change,
    String ddl,
    String engine,
    List<String> keyColumns,
    List<Part> parts) {

  private static final int MOST_PARTS = 1_000;

  TableDetails {
    keyColumns = List.copyOf(keyColumns);
    parts = List.copyOf(parts);
  }

  /**
   * A part.
   *
   * @param backup under which it is stored
   */
  record Part(long rows, long rawBytes, long storedBytes, String backup) {

    static Part of(PartEntry part, SourceRepository source) {
      return new Part(
          part.rows(), part.rawBytes(), part.storedBytes(), source.backupOf(part.key()).orElse(""));
    }
  }

  static TableDetails of(TableEntry table, SourceRepository source) {
    TableView view = TableView.of(table);
    return new TableDetails(
        view.schema(),
        view.table(),
        view.rows(),
        view.parts(),
        view.rawBytes(),
        view.storedBytes(),
        view.change(),
        table.definition().whole(),
        table.definition().engine(),
        table.definition().rangeKey(),
        table.parts().stream().limit(MOST_PARTS).map(part -> Part.of(part, source)).toList());
  }
}
