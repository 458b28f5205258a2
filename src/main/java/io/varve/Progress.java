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

  /** Something that a person should know, and that does not stop the work. */
  void warn(String text);
}
