package io.varve.api;

import io.varve.repository.PartEntry;
import io.varve.repository.TableChange;
import io.varve.repository.TableEntry;
import org.jspecify.annotations.Nullable;

/**
 * What a backup has of a table.
 *
 * @param change since the parent; null in a full backup
 */
record TableView(
    String schema,
    String table,
    long rows,
    int parts,
    long rawBytes,
    long storedBytes,
    @Nullable TableChange change) {

  static TableView of(TableEntry table) {
    return new TableView(
        table.definition().name().schema(),
        table.definition().name().table(),
        table.rows(),
        table.parts().size(),
        table.parts().stream().mapToLong(PartEntry::rawBytes).sum(),
        table.parts().stream().mapToLong(PartEntry::storedBytes).sum(),
        table.change());
  }
}
