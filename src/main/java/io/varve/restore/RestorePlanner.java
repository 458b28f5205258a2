package io.varve.restore;

import io.varve.InvalidRequestException;
import io.varve.mysql.Definer;
import io.varve.mysql.Flavour;
import io.varve.mysql.SchemaDefinition;
import io.varve.mysql.SchemaObject;
import io.varve.mysql.SchemaObject.Kind;
import io.varve.mysql.Sequence;
import io.varve.mysql.TableName;
import io.varve.mysql.TableSelection;
import io.varve.mysql.Target;
import io.varve.mysql.Translation;
import io.varve.repository.BackupId;
import io.varve.repository.Manifest;
import io.varve.repository.SourceRepository;
import io.varve.repository.Summary;
import io.varve.restore.RestorePlan.PlannedSchema;
import io.varve.restore.RestorePlan.PlannedTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Makes the plan of a restore, and refuses what cannot work; writes nothing. */
final class RestorePlanner {

  private static final String DIFF_BINDING = " mode=diff";

  private final SourceRepository repository;
  private final Target target;
  private final RestoreOptions options;

  RestorePlanner(SourceRepository repository, Target target, RestoreOptions options) {
    this.repository = repository;
    this.target = target;
    this.options = options;
  }

  RestorePlan plan(BackupId id) {
    Manifest manifest = repository.manifest(id);
    requireKnownRenames(manifest);
    Translation translation = translation(manifest);
    TableSelection selection =
        manifest.server().ignoresCaseOfNames()
            ? options.selection().inAnyCase()
            : options.selection();
    TargetNames names = new TargetNames(target, manifest.server(), options.renames());
    List<PlannedTable> tables =
        manifest.tables().stream()
            .filter(table -> selection.selects(table.definition().name()))
            .map(
                table ->
                    new PlannedTable(
                        table,
                        translation.table(
                            table.definition().renamed(names.table(table.definition().name())))))
            .toList();
    List<PlannedSchema> schemas = schemas(manifest, translation, selection, names, tables);
    requireAny(manifest, schemas);
    names.requireDistinct(schemas, tables);
    new TargetLimits(target).require(tables);
    requireSequencesFit(schemas);
    requireAccounts(manifest, translation);
    if (options.objects().definer() instanceof Definer.Account account) {
      target.requireAccount(account);
    }
    RestorePlan plan =
        new RestorePlan(manifest, translation, schemas, tables, names.renames(), Set.of(), false);
    try {
      requireKnown(plan);
    } catch (InvalidRequestException e) {
      throw target.explained(e, plan.work());
    }
    Optional<String> ledger = target.ledgerBinding(plan.ledgerSchema());
    boolean resumed = ledger.filter(binding(plan)::equals).isPresent();
    if (ledger.isPresent() && !resumed && !mayTakeOver(ledger.get())) {
      throw new InvalidRequestException(
          "restore into",
          target.address(),
          "another restore into schema "
              + plan.ledgerSchema()
              + " was not finished: "
              + ledger.get(),
          "Finish it by the same command with --backup and its id, or drop what it made and its"
              + " table varve_restore_ledger.");
    }
    Set<TableName> strangers = strangers(plan, resumed);
    if (options.mode() == RestoreMode.CREATE && !strangers.isEmpty()) {
      throw new InvalidRequestException(
          "restore into",
          target.address(),
          "there is already "
              + strangers.stream()
                  .limit(5)
                  .map(TableName::toString)
                  .collect(Collectors.joining(", "))
              + (strangers.size() > 5 ? " and " + (strangers.size() - 5) + " more" : ""),
          "Restore under another name (--rename), drop what is there, or overwrite it (--mode"
              + " replace).");
    }
    return new RestorePlan(
        manifest, translation, schemas, tables, names.renames(), strangers, resumed);
  }

  /**
   * One that compares does not rely on what another has left half done, and one that replaces makes
   * all of it anew. So a standby whose restore was killed follows its source on.
   */
  private boolean mayTakeOver(String ledger) {
    return ledger.endsWith(DIFF_BINDING) && options.mode() != RestoreMode.CREATE;
  }

  /** What identifies a restore: a try with other options is another restore. */
  String binding(RestorePlan plan) {
    return binding(plan.manifest().id());
  }

  /** The backup that a restore with these options has left unfinished in one of some schemas. */
  Optional<BackupId> unfinished(Collection<String> schemas) {
    Set<BackupId> there =
        repository.backups().stream().map(Summary::id).collect(Collectors.toSet());
    return schemas.stream()
        .flatMap(schema -> target.ledgerBinding(schema).stream())
        .flatMap(ledger -> there.stream().filter(id -> ledger.equals(binding(id))))
        .findFirst();
  }

  private String binding(BackupId id) {
    return "backup="
        + id
        + " includes="
        + options.selection().includes()
        + " excludes="
        + options.selection().excludes()
        + " renames="
        + new TreeMap<>(options.renames())
        + (options.collations().isEmpty()
            ? ""
            : " collations=" + new TreeMap<>(options.collations()))
        + (options.mode() == RestoreMode.DIFF ? DIFF_BINDING : "");
  }

  private Set<TableName> strangers(RestorePlan plan, boolean resumed) {
    List<TableName> names = new ArrayList<>();
    plan.tables().forEach(table -> names.add(table.target().name()));
    names.addAll(sequences(plan.schemas()));
    Set<TableName> standing = new TreeSet<>(target.existing(names));
    if (resumed) {
      standing.removeAll(target.made(plan.ledgerSchema(), standing));
    } else {
      // those of an earlier try are its own, but nothing else tells them from others
      standing.addAll(target.existing(objects(plan, EnumSet.of(Kind.VIEW))));
      standing.addAll(
          target.existingPrograms(
              objects(plan, EnumSet.of(Kind.FUNCTION, Kind.PROCEDURE, Kind.EVENT))));
    }
    return standing;
  }

  private static List<TableName> sequences(List<PlannedSchema> schemas) {
    return schemas.stream()
        .flatMap(
            schema ->
                schema.sequences().stream()
                    .map(sequence -> new TableName(schema.target(), sequence.name())))
        .toList();
  }

  private static List<TableName> objects(RestorePlan plan, Set<Kind> kinds) {
    return plan.schemas().stream()
        .flatMap(
            schema ->
                schema.objects().stream()
                    .filter(object -> kinds.contains(object.kind()))
                    .map(object -> new TableName(schema.target(), object.name())))
        .toList();
  }

  private static List<PlannedSchema> schemas(
      Manifest manifest,
      Translation translation,
      TableSelection selection,
      TargetNames names,
      List<PlannedTable> tables) {
    Set<TableName> wanted =
        tables.stream().map(table -> table.entry().definition().name()).collect(Collectors.toSet());
    Set<String> inUse = wanted.stream().map(TableName::schema).collect(Collectors.toSet());
    List<PlannedSchema> schemas = new ArrayList<>();
    for (SchemaDefinition schema : manifest.schemas()) {
      List<SchemaObject> objects =
          schema.objects().stream()
              .filter(object -> isWanted(schema, object, selection, wanted))
              .toList();
      List<Sequence> sequences =
          schema.sequences().stream()
              .filter(sequence -> selection.selects(new TableName(schema.name(), sequence.name())))
              .toList();
      if (inUse.contains(schema.name())
          || !sequences.isEmpty()
          || !objects.isEmpty()
          || selection.selectsSchema(schema.name())) {
        schemas.add(
            new PlannedSchema(
                translation.schema(schema),
                names.schema(schema.name()),
                sequences,
                objects.stream().map(translation::object).toList()));
      }
    }
    return schemas;
  }

  private static boolean isWanted(
      SchemaDefinition schema,
      SchemaObject object,
      TableSelection selection,
      Set<TableName> tables) {
    return object.kind() == Kind.TRIGGER
        ? tables.contains(new TableName(schema.name(), object.table()))
        : selection.selects(new TableName(schema.name(), object.name()));
  }

  private void requireKnownRenames(Manifest manifest) {
    boolean anyCase = manifest.server().ignoresCaseOfNames();
    for (String schema : options.renames().keySet()) {
      if (manifest.schemas().stream()
          .map(SchemaDefinition::name)
          .noneMatch(name -> anyCase ? name.equalsIgnoreCase(schema) : name.equals(schema))) {
        throw new InvalidRequestException(
            "rename",
            "schema " + schema,
            "backup " + manifest.id() + " has no such schema",
            "It has " + schemaNames(manifest) + ".");
      }
    }
  }

  private void requireAny(Manifest manifest, List<PlannedSchema> schemas) {
    if (schemas.isEmpty()) {
      throw new InvalidRequestException(
          "restore",
          "backup " + manifest.id(),
          "nothing in it is selected",
          "Check --include and --exclude; it has the schemas " + schemaNames(manifest) + ".");
    }
  }

  private void requireSequencesFit(List<PlannedSchema> schemas) {
    if (target.info().flavour() == Flavour.MARIADB) {
      return;
    }
    schemas.stream()
        .filter(schema -> !schema.sequences().isEmpty())
        .findFirst()
        .ifPresent(
            schema -> {
              throw new InvalidRequestException(
                  "restore",
                  "sequence "
                      + schema.definition().name()
                      + "."
                      + schema.sequences().getFirst().name()
                      + " into "
                      + target.address(),
                  "MySQL has no sequences",
                  "Restore into MariaDB, or exclude the sequence and the tables that use it.");
            });
  }

  private static String schemaNames(Manifest manifest) {
    return manifest.schemas().stream()
        .map(SchemaDefinition::name)
        .collect(Collectors.joining(", "));
  }

  private void requireAccounts(Manifest manifest, Translation translation) {
    if (!options.accounts()) {
      return;
    }
    if (manifest.accounts() == null) {
      throw new InvalidRequestException(
          "restore the accounts of",
          "backup " + manifest.id(),
          "it has none",
          "Leave --accounts out, or take a backup with --accounts.");
    }
    if (translation.isAcross()) {
      throw new InvalidRequestException(
          "restore the accounts of",
          "backup " + manifest.id() + " into " + target.address(),
          "those of " + translation.from() + " mean nothing to " + translation.to(),
          "Leave --accounts out and make the accounts by hand.");
    }
  }

  private Translation translation(Manifest manifest) {
    return new Translation(
        Flavour.valueOf(manifest.server().flavour().toUpperCase(Locale.ROOT)),
        target.info().flavour(),
        options.collations());
  }

  /** What the target would refuse, it refuses before anything is written. */
  private void requireKnown(RestorePlan plan) {
    for (PlannedSchema schema : plan.schemas()) {
      String collation = schema.definition().collation();
      if (!target.knowsCollation(schema.definition().charset(), collation)) {
        throw new InvalidRequestException(
            "restore",
            "schema " + schema.target() + " into " + target.address(),
            "the target has no collation " + collation + ", which is the schema's default",
            "Name one to take in its place: --collation " + collation + "=NAME.");
      }
    }
    target.requireKnown(
        plan.tables().stream().map(PlannedTable::target).toList(),
        sequences(plan.schemas()),
        plan.renames());
  }
}
