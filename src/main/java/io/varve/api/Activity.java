package io.varve.api;

import java.time.Instant;
import java.util.List;

/**
 * What a job is doing.
 *
 * @param phase in a word: "reading", "loading"
 * @param expectedBytes a guess of what {@code bytes} comes to in this phase; 0 where nobody knows
 * @param rows done in this phase
 * @param bytes of text done in this phase
 * @param warnings what a person should know, the newest last
 */
public record Activity(
    Instant since, String phase, long expectedBytes, long rows, long bytes, List<String> warnings) {

  public Activity {
    warnings = List.copyOf(warnings);
  }
}
