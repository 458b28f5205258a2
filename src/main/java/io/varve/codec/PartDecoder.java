package io.varve.codec;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Consumer;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorInputStream;
import org.jspecify.annotations.Nullable;

/** Reads the stored bytes of a part back. */
public final class PartDecoder {

  private PartDecoder() {}

  /** The rows' text, as {@code LOAD DATA} takes it. */
  public static InputStream text(StoredBytes stored) throws IOException {
    return new ZstdCompressorInputStream(
        new ByteArrayInputStream(stored.array(), 0, stored.length()));
  }

  /** Computes the checksum of the rows in a part, without a server. */
  public static RowChecksum checksum(StoredBytes stored, List<ColumnForm> columns)
      throws IOException {
    return checksum(stored, columns, row -> {});
  }

  /**
   * As above, of rows that something is done to first.
   *
   * @param change changes a row's fields in place
   */
  public static RowChecksum checksum(
      StoredBytes stored, List<ColumnForm> columns, Consumer<Row> change) throws IOException {
    RowChecksums rows = new RowChecksums(columns);
    try (InputStream text = text(stored)) {
      TsvReader reader = new TsvReader(text, columns.size());
      for (@Nullable Row row = reader.next(); row != null; row = reader.next()) {
        change.accept(row);
        rows.add(row);
      }
    }
    return rows.checksum();
  }
}
