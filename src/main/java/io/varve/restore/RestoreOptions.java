package io.varve.restore;

import io.varve.mysql.TableSelection;
import java.util.Map;

/**
 * What is restored, and how.
 *
 * @param renames schemas that get another name on the target, by their name in the backup
 * @param parallel connections that load side by side
 */
public record RestoreOptions(
    TableSelection selection, Map<String, String> renames, RestoreMode mode, int parallel) {

  public RestoreOptions {
    renames = Map.copyOf(renames);
  }

  String targetSchema(String schema) {
    return renames.getOrDefault(schema, schema);
  }
}
