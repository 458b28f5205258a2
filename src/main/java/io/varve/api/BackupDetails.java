package io.varve.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.varve.mysql.Account;
import io.varve.mysql.BinlogCoordinates;
import io.varve.mysql.LogPosition;
import io.varve.mysql.SchemaDefinition;
import io.varve.mysql.SchemaObject;
import io.varve.repository.Consistency;
import io.varve.repository.Json;
import io.varve.repository.Manifest;
import io.varve.repository.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a page shows of a backup beside its summary.
 *
 * @param objects that are no tables
 * @param stores where it lies
 * @param children how many backups build on it
 */
record BackupDetails(
    Consistency consistency,
    Position position,
    Objects objects,
    List<String> notes,
    String toolVersion,
    List<String> stores,
    int children) {

  /** Of each type so many names are shown. */
  private static final int MOST_NAMES = 1_000;

  BackupDetails {
    notes = List.copyOf(notes);
    stores = List.copyOf(stores);
  }

  /** Where the source's log stood at the snapshot, as far as that is known. */
  record Position(
      @Nullable String gtidSet, @Nullable String binlogFile, @Nullable Long binlogPosition) {

    static Position of(LogPosition position) {
      return new Position(
          position.gtidSet().orElse(null),
          position.coordinates().map(BinlogCoordinates::file).orElse(null),
          position.coordinates().map(BinlogCoordinates::offset).orElse(null));
    }
  }

  /**
   * Objects by their type: {@code view}, {@code trigger}, {@code sequence}, {@code account}.
   *
   * @param counts how many there are
   * @param names the first thousand of each, with their schema
   */
  record Objects(Map<String, Integer> counts, Map<String, List<String>> names) {

    static Objects of(Manifest manifest) {
      Map<String, List<String>> names = new TreeMap<>();
      for (SchemaDefinition schema : manifest.schemas()) {
        for (SchemaObject object : schema.objects()) {
          add(names, object.kind().word(), schema.name() + "." + object.name());
        }
        schema
            .sequences()
            .forEach(each -> add(names, "sequence", schema.name() + "." + each.name()));
      }
      if (manifest.accounts() != null) {
        for (Account account : manifest.accounts()) {
          add(names, "account", account.name());
        }
      }
      Map<String, Integer> counts = new TreeMap<>();
      names.forEach((type, all) -> counts.put(type, all.size()));
      names.replaceAll((type, all) -> all.stream().limit(MOST_NAMES).toList());
      return new Objects(counts, names);
    }

    private static void add(Map<String, List<String>> names, String type, String name) {
      names.computeIfAbsent(type, each -> new ArrayList<>()).add(name);
    }
  }

  /** The summary's fields, and these. */
  static ObjectNode of(Summary summary, Manifest manifest, String store, int children) {
    ObjectNode all = Json.tree(summary).deepCopy();
    BackupDetails details =
        new BackupDetails(
            manifest.consistency(),
            Position.of(manifest.consistency().position()),
            Objects.of(manifest),
            manifest.notes(),
            manifest.toolVersion(),
            List.of(store),
            children);
    all.setAll(Json.tree(details).<ObjectNode>deepCopy());
    return all;
  }
}
