package io.varve.restore;

import io.varve.InvalidRequestException;
import io.varve.mysql.SchemaDefinition;
import io.varve.mysql.Source;
import io.varve.mysql.TableSelection;
import io.varve.mysql.Target;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A target that follows a source. */
public final class Standby {

  private Standby() {}

  /**
   * On one server a copy may stand beside its source, but not in its place.
   *
   * @throws InvalidRequestException if it would
   */
  public static void requireApart(
      Source source, Target standby, TableSelection selection, Map<String, String> renames) {
    if (!source.info().identity().equals(standby.info().identity())) {
      return;
    }
    Set<String> schemas =
        source.catalog(selection).schemas().stream()
            .map(SchemaDefinition::name)
            .collect(Collectors.toSet());
    schemas.stream()
        .filter(schema -> schemas.contains(renames.getOrDefault(schema, schema)))
        .findFirst()
        .ifPresent(
            schema -> {
              throw new InvalidRequestException(
                  "sync into",
                  standby.address(),
                  "it is the source itself, where "
                      + renames.getOrDefault(schema, schema)
                      + " is one of the schemas that are copied",
                  "Name another target, or another name for the schema (--rename).");
            });
  }
}
