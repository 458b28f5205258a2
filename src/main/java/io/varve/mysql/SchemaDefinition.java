package io.varve.mysql;

import java.util.List;

/**
 * A schema and what lives in it beside tables.
 *
 * @param charset default of new tables
 * @param collation likewise
 * @param objects in an order in which routines come before views, views before triggers
 */
public record SchemaDefinition(
    String name, String charset, String collation, List<SchemaObject> objects) {}
