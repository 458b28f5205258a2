package io.varve.restore;

import io.varve.mysql.SchemaDefinition;
import io.varve.mysql.SchemaObject;
import io.varve.mysql.Sequence;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableName;
import io.varve.mysql.Translation;
import io.varve.repository.Manifest;
import io.varve.repository.TableEntry;
import java.util.List;
import java.util.Set;

/**
 * What a restore will do, found to be possible before anything is written.
 *
 * @param translation what the target has to be told in other words
 * @param replaced tables of the target that are dropped
 * @param resumed whether an earlier try of the same restore is carried on
 */
public record RestorePlan(
    Manifest manifest,
    Translation translation,
    List<PlannedSchema> schemas,
    List<PlannedTable> tables,
    Set<TableName> replaced,
    boolean resumed) {

  /** A schema, and those of its sequences and objects that are wanted. */
  public record PlannedSchema(
      SchemaDefinition definition,
      String target,
      List<Sequence> sequences,
      List<SchemaObject> objects) {}

  /** A table, and its definition under the name that it gets. */
  public record PlannedTable(TableEntry entry, TableDefinition target) {

    public long rawBytes() {
      return entry.parts().stream().mapToLong(part -> part.rawBytes()).sum();
    }
  }

  public long rows() {
    return tables.stream().mapToLong(table -> table.entry().rows()).sum();
  }

  public long rawBytes() {
    return tables.stream().mapToLong(PlannedTable::rawBytes).sum();
  }

  public long storedBytes() {
    return tables.stream()
        .flatMap(table -> table.entry().parts().stream())
        .mapToLong(part -> part.storedBytes())
        .sum();
  }

  /** Where the ledger lies: the first schema by name. */
  String ledgerSchema() {
    return schemas.stream().map(PlannedSchema::target).sorted().findFirst().orElseThrow();
  }
}
