package io.varve.backup;

import io.varve.backup.KnownParts.KnownRange;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Which of two ways to judge a range is quicker: to let the server compute its checksum, or to read
 * its rows and compute it here. The first costs the server twice the work, and the range has to be
 * read after all where it has changed; the second moves all bytes. The first ranges of a run are
 * judged both ways, and the rest as turns out to be cheaper. Thread-safe.
 */
final class Judgement {

  /** So much is judged each way before they are compared: less is mostly waiting for answers. */
  private static final long SAMPLE_BYTES = 8L << 20;

  private static final class Tally {
    private long givenBytes;
    private long bytes;
    private long nanos;
    private long ranges;

    double nanosPerByte() {
      return nanos / (double) Math.max(1, bytes);
    }
  }

  private final Optional<JudgeBy> fixed;
  private final Map<JudgeBy, Tally> tallies = new EnumMap<>(JudgeBy.class);
  private long judgedBytes;
  private long changedBytes;

  /**
   * @param fixed the way that the user asks for
   */
  Judgement(Optional<JudgeBy> fixed) {
    this.fixed = fixed;
    for (JudgeBy way : JudgeBy.values()) {
      tallies.put(way, new Tally());
    }
  }

  /** How to judge the next range. */
  synchronized JudgeBy way(KnownRange range) {
    JudgeBy way = fixed.orElseGet(this::cheaper);
    tally(way).givenBytes += range.rawBytes();
    return way;
  }

  private JudgeBy cheaper() {
    Tally server = tally(JudgeBy.SERVER);
    Tally here = tally(JudgeBy.HERE);
    if (here.givenBytes < SAMPLE_BYTES || server.givenBytes < SAMPLE_BYTES) {
      return here.givenBytes <= server.givenBytes ? JudgeBy.HERE : JudgeBy.SERVER;
    }
    if (here.ranges == 0 || server.ranges == 0) {
      return JudgeBy.HERE;
    }
    double changed = changedBytes / (double) Math.max(1, judgedBytes);
    double costOfServer = server.nanosPerByte() + changed * here.nanosPerByte();
    return costOfServer < here.nanosPerByte() ? JudgeBy.SERVER : JudgeBy.HERE;
  }

  /** A range was judged in so many nanoseconds. */
  synchronized void judged(JudgeBy way, KnownRange range, long nanos, boolean changed) {
    Tally tally = tally(way);
    tally.ranges++;
    tally.bytes += range.rawBytes();
    tally.nanos += nanos;
    judgedBytes += range.rawBytes();
    changedBytes += changed ? range.rawBytes() : 0;
  }

  private Tally tally(JudgeBy way) {
    return Objects.requireNonNull(tallies.get(way));
  }
}
