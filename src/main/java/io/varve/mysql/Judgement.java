package io.varve.mysql;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Which of two ways to judge a range is quicker: to let the server compute its checksum, or to read
 * its rows and compute it here. The first costs the server twice the work; the second moves all
 * bytes. The first ranges of a run are judged both ways, and the rest as turns out to be cheaper,
 * with another look now and then. Thread-safe.
 */
public final class Judgement {

  /** So much is judged each way before they are compared: less is mostly waiting for answers. */
  private static final long SAMPLE_BYTES = 8L << 20;

  /** A range whose number is this or a power of it is judged the other way. */
  private static final int OTHER_WAY_AT = 16;

  private static final class Tally {
    private long givenBytes;
    private double bytes;
    private double nanos;

    /** The last range counts most: a program that is compiled while it runs becomes quicker. */
    void add(long moreBytes, long moreNanos) {
      bytes = bytes / 8 + moreBytes;
      nanos = nanos / 8 + moreNanos;
    }

    double nanosPerByte() {
      return nanos / Math.max(1, bytes);
    }
  }

  private final Optional<JudgeBy> fixed;
  private final Map<JudgeBy, Tally> tallies = new EnumMap<>(JudgeBy.class);
  private long ranges;
  private long otherWayAt = OTHER_WAY_AT;
  private long judgedBytes;
  private long changedBytes;

  /**
   * @param fixed the way that the user asks for
   */
  public Judgement(Optional<JudgeBy> fixed) {
    this.fixed = fixed;
    for (JudgeBy way : JudgeBy.values()) {
      tallies.put(way, new Tally());
    }
  }

  /**
   * How to judge the next range.
   *
   * @param rangeBytes the size of its rows' text
   */
  public synchronized JudgeBy way(long rangeBytes) {
    JudgeBy way = fixed.orElseGet(this::next);
    tally(way).givenBytes += rangeBytes;
    return way;
  }

  private JudgeBy next() {
    ranges++;
    Tally server = tally(JudgeBy.SERVER);
    Tally here = tally(JudgeBy.HERE);
    if (here.givenBytes < SAMPLE_BYTES || server.givenBytes < SAMPLE_BYTES) {
      return here.givenBytes <= server.givenBytes ? JudgeBy.HERE : JudgeBy.SERVER;
    }
    boolean serverIsCheaper =
        server.bytes > 0 && here.bytes > 0 && server.nanosPerByte() < here.nanosPerByte();
    boolean otherWay = ranges == otherWayAt;
    if (otherWay) {
      otherWayAt *= OTHER_WAY_AT;
    }
    return serverIsCheaper != otherWay ? JudgeBy.SERVER : JudgeBy.HERE;
  }

  /** A range was judged in so many nanoseconds. */
  public synchronized void judged(JudgeBy way, long rangeBytes, long nanos, boolean changed) {
    tally(way).add(rangeBytes, nanos);
    judgedBytes += rangeBytes;
    changedBytes += changed ? rangeBytes : 0;
  }

  /**
   * Whether so much has changed that the text of a range is better kept while it is judged here:
   * that costs an eighth of reading it again.
   */
  public synchronized boolean expectsChange() {
    return changedBytes > judgedBytes / 8;
  }

  private Tally tally(JudgeBy way) {
    return Objects.requireNonNull(tallies.get(way));
  }
}
