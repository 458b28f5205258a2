package io.varve.backup;

import io.varve.TimeLimit;
import io.varve.mysql.Throttle;
import io.varve.mysql.KeyRange;
import io.varve.backup.KnownParts.KnownRange;
import io.varve.Progress;
import io.varve.codec.BlockPool;
import io.varve.codec.OltpRows;
import io.varve.codec.PartEncoder;
import io.varve.codec.Row;
import io.varve.mysql.Column;
import io.varve.mysql.ColumnEncoding;
import io.varve.mysql.SourceTable;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableName;
import io.varve.repository.BackupId;
import io.varve.repository.BackupKind;
import io.varve.repository.Repository;
import io.varve.store.ObjectStore;
import io.varve.store.S3Options;
import io.varve.store.StoreProbe;
import io.varve.store.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Cutting rows into parts of 256 KiB and putting them into a folder, in nanoseconds a row. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(OltpRows.COUNT)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH sets them up
public class RangeCutterBenchmark {

  private static final long PART_BYTES = 256 << 10;

  private final Row[] rows = OltpRows.make();
  private final PartEncoder encoder = new PartEncoder(1, new BlockPool());
  private final SourceTable table = new SourceTable(definition(), OltpRows.COUNT, 2_000_000);
  private Path folder;
  private ObjectStore store;
  private Repository repository;
  private PartUploads uploads;

  private static TableDefinition definition() {
    List<Column> columns =
        List.of(
            new Column("id", "int", null, null, ColumnEncoding.NUMBER),
            new Column("k", "int", null, null, ColumnEncoding.NUMBER),
            new Column("c", "char(120)", "latin1", "latin1_bin", ColumnEncoding.BYTES),
            new Column("pad", "char(60)", "latin1", "latin1_bin", ColumnEncoding.BYTES));
    return new TableDefinition(
        new TableName("bench", "sbtest"),
        "InnoDB",
        null,
        columns,
        List.of("id"),
        "PRIMARY",
        "CREATE TABLE sbtest",
        List.of(),
        List.of());
  }

  @Setup(Level.Iteration)
  public void open() throws IOException {
    folder = Files.createTempDirectory("varve-bench");
    store = Stores.open(folder.toUri().toString(), S3Options.DEFAULT);
    repository =
        Repository.openOrCreate(
            store, () -> StoreProbe.run(store, StoreProbe.Writers.SINGLE), Clock.systemUTC());
    uploads =
        new PartUploads(
            repository.source("bench"),
            BackupId.next(Instant.now(), BackupKind.FULL),
            1,
            16 * PART_BYTES,
            TimeLimit.NONE);
  }

  @TearDown(Level.Iteration)
  public void remove() throws IOException {
    uploads.close();
    repository.close();
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Benchmark
  public void cut() {
    RangeCutter cutter =
        new RangeCutter(
            table,
            new KnownRange(KeyRange.ALL, List.of()),
            PART_BYTES,
            encoder,
            uploads,
            part -> {},
            Progress.SILENT,
            new Pace(TimeLimit.NONE, Throttle.NONE));
    for (Row row : rows) {
      cutter.row(row);
    }
  }
}
