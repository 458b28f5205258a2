package io.varve.mysql;

import com.mysql.cj.jdbc.JdbcConnection;
import io.varve.RetryLaterException;
import io.varve.StoppedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Where several processes meet in the database to open one snapshot: one locks the tables, all open
 * theirs, it unlocks. What they tell each other are locks of {@code GET_LOCK}, which end with their
 * connections, so that whoever dies leaves nothing behind. Writers wait for as long as the openings
 * take, some ten milliseconds, and never longer than {@link #LONGEST_LOCK}.
 *
 * <p>A snapshot counts as shared when the leader has seen that all were opened, and has then found
 * its own locks still there: UNLOCK TABLES of a connection that was lost fails. It is the leader
 * who writes that down; until it has, a snapshot is its process's own. For one thread.
 */
public final class SnapshotMeeting implements AutoCloseable {

  /** The tables are locked no longer than this; the server sees to it, should the leader stall. */
  private static final Duration LONGEST_LOCK = Duration.ofSeconds(2);

  /** For the leader to write down what came of it. */
  private static final Duration LONGEST_VERDICT = Duration.ofSeconds(60);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);
  private static final Duration BETWEEN_LOOKS_WHILE_LOCKED = Duration.ofMillis(2);

  private final DatabaseServer server;
  private final MeetingLocks locks;
  private final int worker;
  private final Connection seat;

  private SnapshotMeeting(DatabaseServer server, MeetingLocks locks, int worker, Connection seat) {
    this.server = server;
    this.locks = locks;
    this.worker = worker;
    this.seat = seat;
  }

  /** What came of it. */
  public sealed interface Outcome {

    /**
     * This process has a snapshot that the others share, if the leader has written that down.
     *
     * @param snapshot to be closed by whoever takes it
     * @param round by which the leader writes it down
     */
    record Opened(Snapshot snapshot, long round) implements Outcome {}

    /** The meeting is over, or came to nothing: each opens a snapshot of its own. */
    record Over() implements Outcome {}
  }

  /** What the leader writes down: a snapshot, or why there is none. */
  public sealed interface Verdict {

    /** All workers share it. */
    record Shared(Outcome.Opened ofLeader) implements Verdict {}

    record Failed(String reason) implements Verdict {}
  }

  /**
   * Takes a worker's seat: no other process does the same share of the work while this one lives.
   *
   * @throws RetryLaterException if another process has it
   */
  static SnapshotMeeting join(DatabaseServer server, String job, int worker, int workers) {
    MeetingLocks locks = MeetingLocks.of(job, workers);
    Connection seat = server.open();
    try {
      if (MeetingLocks.take(seat, locks.seat(worker), 0)) {
        return new SnapshotMeeting(server, locks, worker, seat);
      }
    } catch (SQLException failed) {
      Candidates.closeQuietly(List.of(seat));
      throw SqlErrors.translate(failed, "join job " + job + " on", server.address().toString());
    }
    Candidates.closeQuietly(List.of(seat));
    throw new RetryLaterException(
        "do the work of",
        "worker " + worker + " of job " + job,
        "another process is at it",
        "Wait until that one has ended.");
  }

  /**
   * Opens a snapshot together with all other workers, once they are here.
   *
   * @param connections of this worker
   * @param tables all that any worker reads
   * @param patience for the others to come
   * @param isOver whether a verdict has been written down, or this worker need not wait any more
   * @param write called by the leader, before anybody goes on
   */
  public Outcome attend(
      int connections,
      List<TableName> tables,
      Duration patience,
      BooleanSupplier isOver,
      Consumer<Verdict> write) {
    try (Candidates candidates = Candidates.open(server, connections)) {
      MeetingLocks.take(seat, locks.ready(worker), 0);
      while (!isOver.getAsBoolean()) {
        if (MeetingLocks.take(seat, locks.lead(), 0)) {
          return isOver.getAsBoolean()
              ? new Outcome.Over()
              : lead(candidates, tables, Deadline.in(patience), write);
        }
        Optional<Outcome.Opened> opened = follow(candidates, patience);
        if (opened.isPresent()) {
          return opened.get();
        }
        pause(BETWEEN_LOOKS);
      }
      return new Outcome.Over();
    } catch (SQLException failed) {
      throw SqlErrors.translate(failed, "open a snapshot of", server.address().toString());
    }
  }

  /** Empty where there was no leader with locked tables behind the gate, or it did not wait. */
  private Optional<Outcome.Opened> follow(Candidates candidates, Duration patience)
      throws SQLException {
    if (!passes(locks.gate(worker), patience)) {
      return Optional.empty();
    }
    OptionalLong leader = MeetingLocks.holder(seat, locks.locked());
    if (leader.isEmpty()) {
      return Optional.empty();
    }
    candidates.openSnapshots(candidates.all());
    if (!leader.equals(MeetingLocks.holder(seat, locks.locked()))) {
      return Optional.empty();
    }
    MeetingLocks.take(seat, locks.open(worker, leader.getAsLong()), 0);
    passes(locks.verdict(worker), LONGEST_VERDICT);
    MeetingLocks.release(
        seat, List.of(locks.ready(worker), locks.open(worker, leader.getAsLong())));
    return Optional.of(
        new Outcome.Opened(snapshot(candidates, Optional.empty()), leader.getAsLong()));
  }

  /** Waits until nobody holds a lock. */
  private boolean passes(String lock, Duration most) throws SQLException {
    boolean passed = MeetingLocks.take(seat, lock, Math.max(1, most.toSeconds()));
    if (passed) {
      MeetingLocks.release(seat, lock);
    }
    return passed;
  }

  private Outcome lead(
      Candidates candidates, List<TableName> tables, Deadline deadline, Consumer<Verdict> write)
      throws SQLException {
    try (JdbcConnection doors = server.open(ConnectionPurpose.CONTROL);
        JdbcConnection locker = server.open(ConnectionPurpose.CONTROL)) {
      if (!MeetingLocks.takeAll(doors, others(locks::gate))
          || !MeetingLocks.takeAll(doors, others(locks::verdict))) {
        throw new SQLException("the doors of the meeting are held by others");
      }
      Optional<Outcome.Opened> shared = Optional.empty();
      String failure = awaited(doors, deadline);
      if (failure.isEmpty()) {
        LockedTables locked = new LockedTables(server.info(), tables);
        try {
          if (locked.lock(locker, Deadline.in(Duration.ofSeconds(15)), LONGEST_LOCK)) {
            shared = openAll(candidates, doors, locker, locked);
            failure = "not every worker has opened its snapshot within " + LONGEST_LOCK;
          } else {
            failure = "the tables could not be locked: other transactions held them";
          }
        } catch (SQLException e) {
          if (SqlErrors.isLostConnection(e)) {
            throw e;
          }
          failure =
              "the tables could not be locked: "
                  + (SqlErrors.isDenied(e) ? locked.denial(doors, e) : SqlErrors.reasonAndHint(e));
        }
      }
      try {
        write.accept(
            shared.isPresent() ? new Verdict.Shared(shared.get()) : new Verdict.Failed(failure));
      } catch (RuntimeException unwritten) {
        shared.ifPresent(opened -> opened.snapshot().close());
        throw unwritten;
      }
      return shared.isPresent() ? shared.get() : new Outcome.Over();
    } finally {
      MeetingLocks.release(seat, locks.lead());
    }
  }

  private List<String> others(IntFunction<String> name) {
    return IntStream.range(0, locks.workers()).filter(w -> w != worker).mapToObj(name).toList();
  }

  /** Waits for all workers; says why not, if they do not come. */
  private String awaited(Connection doors, Deadline deadline) throws SQLException {
    List<String> ready = locks.all(locks::ready);
    while (true) {
      long there = MeetingLocks.held(doors, ready);
      if (there == ready.size()) {
        return "";
      }
      if (deadline.hasPassed()) {
        return there + " of " + ready.size() + " workers came in time";
      }
      pause(BETWEEN_LOOKS);
    }
  }

  /** Empty if not all have opened theirs while the tables were locked. */
  private Optional<Outcome.Opened> openAll(
      Candidates candidates, Connection doors, Connection locker, LockedTables locked)
      throws SQLException {
    Optional<LogPosition> position;
    long own;
    boolean all = false;
    try {
      Deadline deadline = Deadline.in(LONGEST_LOCK);
      if (!MeetingLocks.take(locker, locks.locked(), 0)) {
        throw new SQLException("another connection says that it has locked the tables");
      }
      own = MeetingLocks.holder(locker, locks.locked()).orElseThrow();
      MeetingLocks.release(doors, others(locks::gate));
      candidates.openSnapshots(candidates.all());
      List<String> open = others(openIn(own));
      while (!all && !deadline.hasPassed()) {
        all = open.isEmpty() || MeetingLocks.held(locker, open) == open.size();
        if (!all) {
          pause(BETWEEN_LOOKS_WHILE_LOCKED);
        }
      }
      position = locked.end(locker);
      MeetingLocks.release(locker, locks.locked());
    } finally {
      // Should this fail, the locks were lost before all were open.
      Rows.execute(locker, "UNLOCK TABLES");
    }
    return all
        ? Optional.of(
            new Outcome.Opened(
                snapshot(candidates, position.map(at -> locked.withGtid(doors, at))), own))
        : Optional.empty();
  }

  private IntFunction<String> openIn(long round) {
    return other -> locks.open(other, round);
  }

  private Snapshot snapshot(Candidates candidates, Optional<LogPosition> position)
      throws SQLException {
    List<JdbcConnection> all = candidates.all();
    Instant takenAt = SnapshotOpener.clock(all.getFirst());
    List<String> shortfalls = new ArrayList<>();
    if (SessionSetUp.keepsMetadataLocks(all.getFirst(), server.info())) {
      shortfalls.add(SnapshotOpener.KEEPS_METADATA_LOCKS);
    }
    return new Snapshot(
        SnapshotWay.LOCK_TABLES, candidates.release(all), position, takenAt, shortfalls);
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoppedException();
    }
  }

  /** Leaves the seat to others. */
  @Override
  public void close() {
    Candidates.closeQuietly(List.of(seat));
  }
}
