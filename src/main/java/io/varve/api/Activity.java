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
 * @param tablesDone in this phase
 * @param tablesTotal that are worked on in this phase; 0 where it works on none
 * @param tables some of them: those at work first, then those done last
 * @param warnings what a person should know, the newest last
 */
public record Activity(
    Instant since,
    String phase,
    long expectedBytes,
    long rows,
    long bytes,
    int tablesDone,
    int tablesTotal,
    List<TableActivity> tables,
    List<String> warnings) {

  public Activity {
    tables = List.copyOf(tables);
    warnings = List.copyOf(warnings);
  }
}
