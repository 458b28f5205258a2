package io.varve.mysql;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A schema and what lives in it beside tables.
 *
 * @param charset default of new tables
 * @param collation likewise
 * @param sequences of MariaDB, to be made before tables, whose columns may default to their values
 * @param objects in an order in which routines come before views, views before triggers
 */
public record SchemaDefinition(
    String name,
    String charset,
    String collation,
    List<Sequence> sequences,
    List<SchemaObject> objects) {

  /** Manifests of earlier versions have no sequences. */
  @SuppressWarnings("NullAway") // what JSON lacks is null
  public SchemaDefinition {
    requireNonNull(name, "name");
    requireNonNull(charset, "charset");
    requireNonNull(collation, "collation");
    sequences = sequences == null ? List.of() : List.copyOf(sequences);
    objects = List.copyOf(objects);
  }

  SchemaDefinition withSequences(List<Sequence> other) {
    return new SchemaDefinition(name, charset, collation, other, objects);
  }
}
