package io.varve.codec;

import java.util.List;

/** Stands in for the real one, to measure what row checksums cost. */
public final class RowHasher {

  public RowHasher(List<ColumnForm> columns) {}

  public long hash(Row row) {
    return 0;
  }

  long canonicalBytes() {
    return 0;
  }
}
