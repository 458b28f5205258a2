package io.varve.repository;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * What {@code log.json} says: what a job has told of itself, in short sentences. It is for people,
 * and nothing follows from it.
 *
 * @param lines oldest first, at most {@link #MOST_LINES}
 * @param writer unique to who wrote it
 */
public record JobLog(int format, List<Line> lines, String writer) {

  /** Older ones are left out. */
  public static final int MOST_LINES = 1_000;

  private static final int LONGEST_TEXT = 4_000;

  public static final String INFO = "info";
  public static final String WARNING = "warning";
  public static final String ERROR = "error";

  public JobLog {
    lines = List.copyOf(lines);
    requireNonNull(writer, "writer");
  }

  /**
   * Something that a job has told.
   *
   * @param level {@code info}, {@code warning} or {@code error}
   */
  public record Line(Instant time, String level, String text) {

    public Line {
      requireNonNull(time, "time");
      requireNonNull(level, "level");
      text = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "..." : text;
    }
  }

  /** These lines and, after them, others. */
  static JobLog of(List<Line> earlier, List<Line> later) {
    List<Line> all = Stream.concat(earlier.stream(), later.stream()).toList();
    return new JobLog(
        Repository.FORMAT,
        all.subList(Math.max(0, all.size() - MOST_LINES), all.size()),
        BackupId.random(12));
  }
}
