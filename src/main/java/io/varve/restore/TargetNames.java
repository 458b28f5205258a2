package io.varve.restore;

import io.varve.InvalidRequestException;
import io.varve.mysql.SchemaObject.Kind;
import io.varve.mysql.TableName;
import io.varve.mysql.Target;
import io.varve.repository.SourceInfo;
import io.varve.restore.RestorePlan.PlannedSchema;
import io.varve.restore.RestorePlan.PlannedTable;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The names that schemas and tables get: those asked for, in the letters that the target keeps. By
 * its {@code lower_case_table_names}, two names of the source may be one there.
 */
final class TargetNames {

  private final Target target;
  private final Map<String, String> renames;

  TargetNames(Target target, SourceInfo source, Map<String, String> renames) {
    this.target = target;
    this.renames = source.ignoresCaseOfNames() ? ignoringCase(renames) : Map.copyOf(renames);
  }

  /** Bodies of routines name the schema as somebody wrote it, not as the source stores it. */
  private static Map<String, String> ignoringCase(Map<String, String> renames) {
    Map<String, String> any = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    any.putAll(renames);
    return any;
  }

  /** Schemas that get another name, by their name in the backup. */
  Map<String, String> renames() {
    return renames;
  }

  String schema(String name) {
    return kept(asked(name));
  }

  TableName table(TableName name) {
    return new TableName(schema(name.schema()), kept(name.table()));
  }

  private String asked(String schema) {
    return renames.getOrDefault(schema, schema);
  }

  private String kept(String name) {
    return target.info().lowerCaseTableNames() == 1 ? name.toLowerCase(Locale.ROOT) : name;
  }

  /**
   * Refuses to make one thing of two.
   *
   * @throws InvalidRequestException then
   */
  void requireDistinct(List<PlannedSchema> schemas, List<PlannedTable> tables) {
    Map<String, String> asked = new HashMap<>();
    for (PlannedSchema schema : schemas) {
      String name = asked(schema.definition().name());
      String other = asked.putIfAbsent(folded(name), name);
      if (other != null && !other.equals(name)) {
        throw one("schemas " + other + " and " + name, "Give one another name (--rename)");
      }
    }
    Map<TableName, TableName> inTables = new HashMap<>();
    tables.forEach(table -> add(inTables, table.entry().definition().name()));
    Map<TableName, TableName> triggers = new HashMap<>();
    for (PlannedSchema schema : schemas) {
      String in = schema.definition().name();
      schema.sequences().forEach(sequence -> add(inTables, new TableName(in, sequence.name())));
      schema.objects().stream()
          .filter(object -> object.kind() == Kind.VIEW)
          .forEach(view -> add(inTables, new TableName(in, view.name())));
      schema.objects().stream()
          .filter(object -> object.kind() == Kind.TRIGGER)
          .forEach(trigger -> add(triggers, new TableName(in, trigger.name())));
    }
  }

  private void add(Map<TableName, TableName> names, TableName name) {
    TableName there = new TableName(folded(asked(name.schema())), folded(name.table()));
    TableName other = names.putIfAbsent(there, name);
    if (other != null) {
      throw one(other + " and " + name, "Leave one out (--exclude)");
    }
  }

  private String folded(String name) {
    return target.info().ignoresCaseOfNames() ? name.toLowerCase(Locale.ROOT) : name;
  }

  private InvalidRequestException one(String two, String remedy) {
    boolean byCase = target.info().ignoresCaseOfNames();
    return new InvalidRequestException(
        "restore into",
        target.address(),
        two
            + " would be one there"
            + (byCase
                ? ": its lower_case_table_names is " + target.info().lowerCaseTableNames()
                : ""),
        remedy + (byCase ? ", or restore into a server whose lower_case_table_names is 0." : "."));
  }
}
