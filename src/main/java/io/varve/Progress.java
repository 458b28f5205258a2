package io.varve;

/** Hears what an engine does, for people to see. Implementations are thread-safe. */
public interface Progress {

  Progress SILENT =
      new Progress() {
        @Override
        public void begin(String phase, long expectedBytes) {}

        @Override
        public void advance(long rows, long bytes) {}

        @Override
        public void warn(String text) {}
      };

  /**
   * A new phase begins.
   *
   * @param phase what is done in it: "reading", "loading", "verifying"
   * @param expectedBytes a guess of the bytes that {@link #advance} will add up to; 0 if unknown
   */
  void begin(String phase, long expectedBytes);

  /** Some rows, with the bytes of their text, are done. */
  void advance(long rows, long bytes);

  /** How many tables are worked on in the phase that has begun. */
  default void tables(int number) {}

  /**
   * Work on a table begins, or goes on.
   *
   * @param expectedBytes as in {@link #begin}, of the table
   */
  default void tableBegins(String schema, String table, long expectedBytes) {}

  /** As {@link #advance(long, long)}, which hears of it too, of one table. */
  default void advance(String schema, String table, long rows, long bytes) {
    advance(rows, bytes);
  }

  /** A table is done in the phase that has begun. */
  default void tableEnds(String schema, String table) {}

  /** Something that a person should know, and that does not stop the work. */
  void warn(String text);
}
