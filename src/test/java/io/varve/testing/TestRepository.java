package io.varve.testing;

import io.varve.Progress;
import io.varve.backup.Backup;
import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.mysql.ConnectionSettings;
import io.varve.mysql.Secret;
import io.varve.mysql.ServerAddress;
import io.varve.mysql.Source;
import io.varve.mysql.TableSelection;
import io.varve.mysql.Target;
import io.varve.repository.BackupId;
import io.varve.repository.Manifest;
import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import io.varve.restore.Restore;
import io.varve.restore.RestoreMode;
import io.varve.restore.RestoreOptions;
import io.varve.restore.RestoreReport;
import io.varve.store.ObjectStore;
import io.varve.store.S3Options;
import io.varve.store.StoreProbe;
import io.varve.store.Stores;
import io.varve.verify.Verification;
import io.varve.verify.VerifyReport;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A repository of one test with one source, {@code test}, and the engines that work on it, run as
 * the command line runs them. Every manifest that a backup here writes is compared with its schema.
 */
public final class TestRepository implements AutoCloseable {

  /** So small that tables of a few thousand rows become many parts. */
  public static final long PART_BYTES = 16 << 10;

  public static final String SOURCE = "test";

  private final ObjectStore store;
  private final Repository repository;

  private TestRepository(ObjectStore store) {
    this.store = store;
    this.repository =
        Repository.openOrCreate(
            store, () -> StoreProbe.run(store, StoreProbe.Writers.MANY), Clock.systemUTC());
  }

  /** In a folder. */
  public static TestRepository in(Path folder) {
    return over(Stores.open(folder.toUri().toString(), S3Options.DEFAULT));
  }

  /** In a new bucket of the server that tests share. */
  public static TestRepository inBucket() {
    EmbeddedS3 s3 = EmbeddedS3.shared();
    return over(Stores.open("s3://" + s3.newBucket("varve") + "/some/prefix", s3.options()));
  }

  /** In any store, which closes with it. */
  public static TestRepository over(ObjectStore store) {
    return new TestRepository(store);
  }

  /** How Varve logs in to a test's server. */
  public static ConnectionSettings settings(TestServer server) {
    return ConnectionSettings.of(
            ServerAddress.parse(server.uri()), server.user(), Secret.of(server.password()))
        .withPublicKeyRetrieval();
  }

  /** All of some schemas, on four connections, in small parts. */
  public static BackupOptions of(String... schemas) {
    return new BackupOptions(
        new TableSelection(List.of(schemas), List.of()), 4, PART_BYTES, 1, Optional.empty());
  }

  /** Of everything, one schema under another name. */
  public static RestoreOptions renaming(String from, String to) {
    return new RestoreOptions(TableSelection.ALL, Map.of(from, to), RestoreMode.CREATE, 4);
  }

  public ObjectStore store() {
    return store;
  }

  public SourceRepository source() {
    return repository.source(SOURCE);
  }

  public Manifest manifest(BackupReport backup) {
    return source().manifest(backup.id());
  }

  public BackupReport backup(TestServer server, BackupOptions options) {
    return backup(server, options, Progress.SILENT);
  }

  public BackupReport backup(TestServer server, BackupOptions options, Progress progress) {
    try (Source source = Source.connect(settings(server))) {
      BackupReport report =
          new Backup(source, source(), options, progress, Clock.systemUTC()).run();
      ManifestSchema.requireValid(store, SOURCE, report.id());
      return report;
    }
  }

  public RestoreReport restore(TestServer server, BackupReport backup, RestoreOptions options) {
    return restore(server, backup.id(), options);
  }

  public RestoreReport restore(TestServer server, BackupId id, RestoreOptions options) {
    return restore(server, id, options, Progress.SILENT);
  }

  public RestoreReport restore(
      TestServer server, BackupId id, RestoreOptions options, Progress progress) {
    try (Target target = Target.connect(settings(server), Target.BinaryLog.ON)) {
      Restore restore = new Restore(source(), target, options, progress, Clock.systemUTC());
      return restore.run(restore.plan(id));
    }
  }

  /** Verifies all backups that count. */
  public VerifyReport verify(int percentRead) {
    List<BackupId> ids = source().backups().stream().map(backup -> backup.id()).toList();
    return new Verification(source(), percentRead, 2, Progress.SILENT, Clock.systemUTC()).run(ids);
  }

  @Override
  public void close() {
    repository.close();
  }
}
