package io.varve.codec;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What is done to a row between the server's answer and the store, in nanoseconds a row. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(OltpRows.COUNT)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class CodecBenchmark {

  private final Row[] rows = OltpRows.make();
  private final BlockPool pool = new BlockPool();
  private final PartEncoder encoder = new PartEncoder(1, pool);
  private final ZstdFrames zstd = new ZstdFrames(1, 1 << 20);
  private final TsvEncoder text = new TsvEncoder(1 << 20, (block, length) -> {});

  @TearDown
  public void close() {
    encoder.close();
    zstd.close();
  }

  /** Text alone. */
  @Benchmark
  public long text() {
    text.reset();
    for (Row row : rows) {
      text.encode(row);
    }
    return text.encodedBytes();
  }

  /** Row checksums alone. */
  @Benchmark
  public RowChecksum checksum() {
    RowChecksums checksums = new RowChecksums(OltpRows.FORMS);
    for (Row row : rows) {
      checksums.add(row);
    }
    return checksums.checksum();
  }

  /** Text, compressed, with its SHA-256. */
  @Benchmark
  public byte[] partWithoutChecksums() {
    MemoryContent content = new MemoryContent(pool);
    TsvEncoder tsv =
        new TsvEncoder(1 << 20, (block, length) -> zstd.append(block, length, content));
    for (Row row : rows) {
      tsv.encode(row);
    }
    tsv.flush();
    content.end();
    content.release();
    return content.sha256();
  }

  /** All of it, as a backup does. */
  @Benchmark
  public RowChecksum part() {
    encoder.begin(OltpRows.FORMS);
    for (Row row : rows) {
      encoder.add(row);
    }
    EncodedPart part = encoder.finish();
    part.content().release();
    return part.checksum();
  }
}
