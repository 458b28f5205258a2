package io.varve.backup;

import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableName;
import io.varve.repository.PartEntry;
import io.varve.repository.TableEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a pass can build on: tables whose parts are in the store, made by an earlier pass, by
 * another function, or by the backup that an incremental follows. Whether a part still holds, the
 * pass finds out; whether its object is there is settled here, by a listing of this run.
 */
final class KnownParts {

  static final KnownParts NONE = new KnownParts(List.of(), Map.of());

  private final Map<TableName, TableEntry> tables;
  private final Map<String, Long> storedSizes;

  /**
   * @param storedSizes of the objects that a listing of this run has shown, by key
   */
  KnownParts(List<TableEntry> tables, Map<String, Long> storedSizes) {
    this.tables =
        tables.stream()
            .collect(Collectors.toMap(table -> table.definition().name(), table -> table));
    this.storedSizes = new HashMap<>(storedSizes);
  }

  /** The parts of a table, if their bytes and bounds still mean what they meant. */
  Optional<List<PartEntry>> of(TableDefinition table) {
    return Optional.ofNullable(tables.get(table.name()))
        .filter(known -> known.definitionHash().equals(table.hash()))
        .map(TableEntry::parts)
        .filter(parts -> !parts.isEmpty());
  }

  boolean isStored(PartEntry part) {
    return storedSizes.getOrDefault(part.key(), -1L) == part.storedBytes();
  }
}
