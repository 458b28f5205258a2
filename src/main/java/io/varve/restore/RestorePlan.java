package io.varve.restore;

import io.varve.mysql.RestoreWork;
import io.varve.mysql.SchemaDefinition;
import io.varve.mysql.SchemaObject;
import io.varve.mysql.Sequence;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableName;
import io.varve.mysql.Translation;
import io.varve.repository.Manifest;
import io.varve.repository.TableEntry;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a restore will do, found to be possible before anything is written.
 *
 * @param translation what the target has to be told in other words
 * @param renames schemas that get another name on the target, by the one that statements of the
 *     source use
 * @param replaced tables of the target that are dropped
 * @param resumed whether an earlier try of the same restore is carried on
 */
public record RestorePlan(
    Manifest manifest,
    Translation translation,
    List<PlannedSchema> schemas,
    List<PlannedTable> tables,
    Map<String, String> renames,
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

  /** The same for some of the tables, with their schemas' sequences. */
  RestorePlan only(List<PlannedTable> some) {
    return new RestorePlan(manifest, translation, schemas, some, renames, replaced, resumed);
  }

  boolean hasSequence(TableName name) {
    return schemas.stream()
        .filter(schema -> schema.target().equals(name.schema()))
        .flatMap(schema -> schema.sequences().stream())
        .anyMatch(sequence -> sequence.name().equals(name.table()));
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

  /** What is made in each schema, by its name on the target. */
  Map<String, Set<RestoreWork>> work() {
    Map<String, Set<RestoreWork>> work = new TreeMap<>();
    for (PlannedSchema schema : schemas) {
      Set<RestoreWork> kinds = EnumSet.of(RestoreWork.TABLES); // the ledger is one
      schema.objects().forEach(object -> kinds.add(work(object.kind())));
      work.put(schema.target(), kinds);
    }
    for (PlannedTable table : tables) {
      Set<RestoreWork> kinds =
          work.computeIfAbsent(
              table.target().name().schema(), schema -> EnumSet.of(RestoreWork.TABLES));
      if (!table.target().transactional()) {
        kinds.add(RestoreWork.TABLES_WITHOUT_TRANSACTIONS);
      }
      if (!table.target().foreignKeys().isEmpty()) {
        kinds.add(RestoreWork.FOREIGN_KEYS);
      }
    }
    return work;
  }

  private static RestoreWork work(SchemaObject.Kind kind) {
    return switch (kind) {
      case FUNCTION, PROCEDURE -> RestoreWork.ROUTINES;
      case VIEW -> RestoreWork.VIEWS;
      case TRIGGER -> RestoreWork.TRIGGERS;
      case EVENT -> RestoreWork.EVENTS;
    };
  }

  /** Where the ledger lies: the first schema by name. */
  String ledgerSchema() {
    return schemas.stream().map(PlannedSchema::target).sorted().findFirst().orElseThrow();
  }
}
