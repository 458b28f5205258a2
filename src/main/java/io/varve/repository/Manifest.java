package io.varve.repository;

import static java.util.Objects.requireNonNull;

import io.varve.mysql.Account;
import io.varve.mysql.SchemaDefinition;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A backup: everything needed to restore it but the bytes of its parts. Always complete. Its JSON
 * Schema is docs/manifest.schema.json.
 *
 * @param format version of the repository format
 * @param runId unique to the run that wrote it, so that a lost answer to the commit can be settled
 * @param source the name below which it lies in the repository
 * @param snapshotTime when the snapshot was open, by the source's clock
 * @param selection which tables were asked for
 * @param notes what a reader of the backup should know: what was left out, and why
 * @param accounts the server's users and roles; null where they were not asked for
 * @param changes since the parent; null where no one has looked
 * @param tags of the user; null where there are none
 * @param repairs the backup in whose place this one stands, with damaged parts made again
 */
public record Manifest(
    int format,
    BackupId id,
    BackupKind kind,
    @Nullable BackupId parent,
    String runId,
    String source,
    SourceInfo server,
    Instant snapshotTime,
    Consistency consistency,
    String toolVersion,
    String checksumAlgorithm,
    String encryption,
    List<String> includes,
    List<String> excludes,
    List<SchemaDefinition> schemas,
    List<TableEntry> tables,
    Totals totals,
    List<String> notes,
    @Nullable List<Account> accounts,
    @Nullable Changes changes,
    @Nullable List<String> tags,
    @Nullable BackupId repairs) {

  public Manifest {
    requireNonNull(id, "id");
    requireNonNull(kind, "kind");
    requireNonNull(runId, "runId");
    requireNonNull(source, "source");
    requireNonNull(server, "server");
    requireNonNull(snapshotTime, "snapshotTime");
    requireNonNull(consistency, "consistency");
    requireNonNull(toolVersion, "toolVersion");
    requireNonNull(checksumAlgorithm, "checksumAlgorithm");
    requireNonNull(encryption, "encryption");
    requireNonNull(totals, "totals");
    includes = List.copyOf(includes);
    excludes = List.copyOf(excludes);
    schemas = List.copyOf(schemas);
    tables = List.copyOf(tables);
    notes = List.copyOf(notes);
    accounts = accounts == null ? null : List.copyOf(accounts);
    tags = tags == null ? null : List.copyOf(tags);
  }

  /** The same without the bounds of ranges, which are key values of rows. */
  public Manifest withoutBounds() {
    return with(
        id, runId, tables.stream().map(TableEntry::withoutBounds).toList(), accounts, repairs);
  }

  /** The same without the hashes of passwords. */
  public Manifest withoutSecrets() {
    return with(
        id,
        runId,
        tables,
        accounts == null ? null : accounts.stream().map(Account::withoutSecret).toList(),
        repairs);
  }

  /** The same backup under a new id, with other parts in place of damaged ones. */
  public Manifest repaired(BackupId newId, String newRunId, List<TableEntry> newTables) {
    return with(newId, newRunId, newTables, accounts, id);
  }

  private Manifest with(
      BackupId newId,
      String newRunId,
      List<TableEntry> newTables,
      @Nullable List<Account> newAccounts,
      @Nullable BackupId newRepairs) {
    return new Manifest(
        format,
        newId,
        kind,
        parent,
        newRunId,
        source,
        server,
        snapshotTime,
        consistency,
        toolVersion,
        checksumAlgorithm,
        encryption,
        includes,
        excludes,
        schemas,
        newTables,
        Totals.of(newTables, totals.seconds()),
        notes,
        newAccounts,
        changes,
        tags,
        newRepairs);
  }
}
