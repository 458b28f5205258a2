package io.varve.check;

import io.varve.VarveException;
import io.varve.mysql.Catalog;
import io.varve.mysql.ConnectionSettings;
import io.varve.mysql.MissingPrivilege;
import io.varve.mysql.SchemaDefinition;
import io.varve.mysql.SchemaObject;
import io.varve.mysql.Snapshot;
import io.varve.mysql.SnapshotWay;
import io.varve.mysql.Source;
import io.varve.mysql.SourceTable;
import io.varve.mysql.TableName;
import io.varve.mysql.TableSelection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Whether a backup of a server would work. Reads what a backup reads but for rows, and opens its
 * snapshot for an instant where that takes no lock. For one run.
 */
public final class SourceCheck {

  private static final int MOST_NAMES = 5;
  private static final long MIB = 1 << 20;

  private final Source source;
  private final TableSelection selection;
  private final int parallel;
  private final List<Finding> findings = new ArrayList<>();

  private SourceCheck(Source source, TableSelection selection, int parallel) {
    this.source = source;
    this.selection = selection;
    this.parallel = parallel;
  }

  /**
   * @param parallel connections that a backup would read with
   */
  public static CheckReport run(
      ConnectionSettings settings, TableSelection selection, int parallel) {
    try (Source source = Source.connect(settings)) {
      return new SourceCheck(source, selection, parallel).run();
    } catch (VarveException failed) {
      return new CheckReport(
          "source",
          settings.address().toString(),
          List.of(Finding.of("server", failed)),
          List.of());
    }
  }

  private CheckReport run() {
    findings.add(Finding.good("server", ServerText.of(source.info(), source.session())));
    Optional<Catalog> catalog = readCatalog();
    List<TableName> tables =
        catalog
            .map(read -> read.tables().stream().map(SourceTable::name).toList())
            .orElseGet(() -> List.copyOf(source.names(selection)));
    SnapshotWay taken = snapshot(tables);
    List<MissingPrivilege> missing =
        source.missingPrivileges(schemas(catalog, tables), taken.andBetter(parallel));
    missing.forEach(privilege -> findings.add(MissingPrivileges.finding(privilege)));
    if (missing.isEmpty()) {
      findings.add(Finding.good("privilege", "all that a backup needs"));
    }
    return new CheckReport(
        "source", source.address(), findings, MissingPrivilege.statements(missing));
  }

  private static Collection<String> schemas(Optional<Catalog> catalog, List<TableName> tables) {
    Set<String> schemas = new TreeSet<>();
    tables.forEach(table -> schemas.add(table.schema()));
    catalog.ifPresent(
        read -> read.schemas().stream().map(SchemaDefinition::name).forEach(schemas::add));
    return schemas;
  }

  private Optional<Catalog> readCatalog() {
    try {
      Catalog catalog = source.catalog(selection);
      if (catalog.schemas().isEmpty()) {
        findings.add(
            Finding.missing("tables", "nothing that is selected can be seen by this user"));
        return Optional.of(catalog);
      }
      describe(catalog);
      return Optional.of(catalog);
    } catch (VarveException failed) {
      boolean lacksPrivileges = source.explained(failed, selection) != failed;
      findings.add(
          lacksPrivileges // which follow, each with what it is for
              ? Finding.missing("tables", failed.reason())
              : Finding.of("tables", failed));
      return Optional.empty();
    }
  }

  private void describe(Catalog catalog) {
    long rows = catalog.tables().stream().mapToLong(SourceTable::estimatedRows).sum();
    long bytes = catalog.tables().stream().mapToLong(SourceTable::dataBytes).sum();
    findings.add(
        Finding.good(
            "tables",
            String.format(
                Locale.ROOT,
                "%,d in %s, about %,d rows and %s",
                catalog.tables().size(),
                count(catalog.schemas().size(), "schema"),
                rows,
                bytes < MIB
                    ? "less than 1 MiB"
                    : String.format(Locale.ROOT, "%,d MiB", bytes / MIB))));
    findings.add(Finding.good("objects", objects(catalog)));
    for (SourceTable table : catalog.tables()) {
      if (table.definition().definitionOnly()) {
        continue;
      }
      source
          .obstacleToReading(table.definition())
          .ifPresent(
              reason ->
                  findings.add(
                      Finding.missing("tables", table.name() + " cannot be read: " + reason)));
    }
    note(
        "engines",
        catalog.tables().stream()
            .filter(table -> !table.definition().transactional())
            .filter(table -> !table.definition().definitionOnly())
            .map(table -> table.definition().nameAndEngine())
            .toList(),
        "no snapshots, so it is read at another moment than the others: ");
    note(
        "engines",
        catalog.tables().stream()
            .filter(table -> table.definition().definitionOnly())
            .map(table -> table.definition().nameAndEngine())
            .toList(),
        "no rows of its own, so only its definition is backed up: ");
    note(
        "keys",
        catalog.tables().stream()
            .filter(
                table -> !table.definition().hasRangeKey() && !table.definition().definitionOnly())
            .map(table -> table.name().toString())
            .toList(),
        "no unique key of columns that are not nullable, so one connection reads it as one range: ");
    catalog.notes().forEach(text -> findings.add(Finding.note("objects", text)));
  }

  private static String objects(Catalog catalog) {
    Map<SchemaObject.Kind, Long> counts =
        catalog.schemas().stream()
            .flatMap(schema -> schema.objects().stream())
            .collect(
                Collectors.groupingBy(SchemaObject::kind, TreeMap::new, Collectors.counting()));
    List<String> texts = new ArrayList<>();
    counts.forEach((kind, count) -> texts.add(count(count, kind.word())));
    if (!catalog.sequences().isEmpty()) {
      texts.add(count(catalog.sequences().size(), "sequence"));
    }
    return texts.isEmpty() ? "none beside tables" : String.join(", ", texts);
  }

  private static String count(long number, String word) {
    return number + " " + word + (number == 1 ? "" : "s");
  }

  private void note(String about, List<String> names, String what) {
    if (!names.isEmpty()) {
      String shown = names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
      int more = names.size() - MOST_NAMES;
      findings.add(Finding.note(about, what + shown + (more > 0 ? " and " + more + " more" : "")));
    }
  }

  /** Opens one where that takes no lock, and answers which way a backup would take. */
  private SnapshotWay snapshot(List<TableName> tables) {
    SnapshotWay best = source.bestWay();
    if (best != SnapshotWay.LOCK_TABLES) {
      try (Snapshot snapshot = source.snapshot(parallel, tables, Optional.of(best))) {
        findings.add(
            Finding.good(
                "snapshot",
                best
                    + ", tried out: "
                    + count(snapshot.connections().size(), "connection")
                    + " saw one instant"));
        return best;
      } catch (VarveException failed) {
        findings.add(Finding.note("snapshot", failed.reason()));
      }
    } else {
      findings.add(Finding.note("snapshot", source.whyNoWayByLog()));
    }
    return withoutTheLog(tables);
  }

  private SnapshotWay withoutTheLog(List<TableName> tables) {
    Set<String> schemas = tables.stream().map(TableName::schema).collect(Collectors.toSet());
    boolean lockable =
        source.missingPrivileges(schemas, Set.of(SnapshotWay.LOCK_TABLES)).stream()
            .noneMatch(privilege -> privilege.privilege().equals("LOCK TABLES"));
    if (parallel > 1 && lockable && !tables.isEmpty()) {
      findings.add(
          Finding.good(
              "snapshot",
              SnapshotWay.LOCK_TABLES
                  + ", not tried out: tables are locked for milliseconds while "
                  + parallel
                  + " connections open it"));
      return SnapshotWay.LOCK_TABLES;
    }
    findings.add(Finding.good("snapshot", SnapshotWay.SINGLE + ": one connection reads alone"));
    return SnapshotWay.SINGLE;
  }
}
