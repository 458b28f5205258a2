package io.varve.repository;

import static java.util.Objects.requireNonNull;

import io.varve.RetryLaterException;
import io.varve.StoppedException;
import io.varve.store.ObjectInfo;
import io.varve.store.PutOutcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who writes to a source's part of the repository, or works on a request: one at a time. It saves
 * work, and nothing else rests on it: a holder that lost it without noticing can do no harm. It is
 * never deleted, for a store may ignore the condition on a DELETE. Thread-safe.
 */
public final class Lease implements AutoCloseable {

  /** How long it lasts without being renewed. */
  public static final Duration LENGTH = Duration.ofSeconds(60);

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final Place place;
  private final ScheduledExecutorService renewals =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("varve-lease-", 0).daemon().factory());
  private Version held;
  private boolean isLost;

  /** What was read or put, and what the store compares. */
  private record Version(LeaseEntry entry, String version) {}

  /**
   * What a lease is for.
   *
   * @param now the store's time, asked for where another has the lease
   * @param patience how long to wait for another's to run out
   */
  private record Place(
      SourceRepository repository,
      String key,
      String subject,
      String holder,
      Supplier<Instant> now,
      Duration patience) {}

  private Lease(Place place, Version held) {
    this.place = place;
    this.held = held;
    long third = LENGTH.toMillis() / 3;
    renewals.scheduleAtFixedRate(this::renewQuietly, third, third, TimeUnit.MILLISECONDS);
  }

  /**
   * Takes the lease when it is free, has run out, or its holder is a process of this host that is
   * gone. Waits for one to run out that is not being renewed.
   *
   * @param job whose first piece is in the store: its time is the store's
   * @throws RetryLaterException if another run is at work
   */
  public static Lease take(SourceRepository repository, Job job, Consumer<String> notes) {
    return take(
        new Place(
            repository,
            Layout.lease(repository.name()),
            repository.location(),
            job.id(),
            () -> repository.timeOf(job),
            LENGTH.multipliedBy(2)),
        notes);
  }

  /**
   * As above, for the calls of one request.
   *
   * @param patience how long to wait for that of a call that has died, and no longer
   * @throws RetryLaterException if another call of it is at work, or may be
   */
  static Lease ofRequest(
      SourceRepository repository, String name, Duration patience, Consumer<String> notes) {
    return take(
        new Place(
            repository,
            Layout.leaseOfRequest(repository.name(), name),
            repository.location() + "/jobs/requests/" + name,
            name + "-" + BackupId.random(6),
            () -> repository.timeAskedFor(name),
            patience),
        notes);
  }

  private static Lease take(Place place, Consumer<String> notes) {
    String process = process();
    @Nullable Instant storeTime = null;
    long looked = 0;
    @Nullable String seen = null;
    while (true) {
      Optional<Version> found = read(place);
      if (found.isEmpty()) {
        Optional<Version> mine = put(place, next(place, 1, process), null);
        if (mine.isPresent()) {
          return new Lease(place, mine.get());
        }
        continue;
      }
      LeaseEntry held = found.get().entry();
      boolean free = held.holder() == null || isGone(held.process(), process);
      if (!free && storeTime == null) {
        storeTime = place.now().get();
        looked = System.nanoTime();
      }
      if (free || left(place, held, requireNonNull(storeTime), looked).isNegative()) {
        Optional<Version> mine =
            put(place, next(place, held.token() + 1, process), found.get().version());
        if (mine.isPresent()) {
          return new Lease(place, mine.get());
        }
        continue;
      }
      boolean isRenewed = seen != null && !seen.equals(found.get().version());
      if (isRenewed || System.nanoTime() - looked > place.patience().toNanos()) {
        throw new RetryLaterException(
            "write to",
            place.subject(),
            "job " + held.holder() + (isRenewed ? " is at work there" : " may be at work there"),
            "Wait until it is done: one run at a time writes there.");
      }
      if (seen == null) {
        Duration left = left(place, held, requireNonNull(storeTime), looked);
        notes.accept(
            "job "
                + held.holder()
                + " has the lease: it ends in "
                + left.toSeconds()
                + " seconds unless it is renewed");
        seen = found.get().version();
      }
      pause();
    }
  }

  private static Optional<Version> read(Place place) {
    return place
        .repository()
        .readLease(place.key())
        .map(
            object ->
                new Version(place.repository().parseLease(object, place.key()), object.version()));
  }

  /** Empty if somebody else has put another meanwhile. */
  private static Optional<Version> put(Place place, LeaseEntry entry, @Nullable String over) {
    PutOutcome outcome = place.repository().putLease(place.key(), entry, over);
    return outcome == PutOutcome.OTHER
        ? Optional.empty()
        : read(place).filter(now -> now.entry().equals(entry));
  }

  private static LeaseEntry next(Place place, long token, String process) {
    return new LeaseEntry(
        Repository.FORMAT, place.holder(), token, 0, (int) LENGTH.toSeconds(), process);
  }

  private static Duration left(Place place, LeaseEntry held, Instant storeTime, long looked) {
    Instant now = storeTime.plusNanos(System.nanoTime() - looked);
    Instant renewed =
        place.repository().leaseInfo(place.key()).map(ObjectInfo::modified).orElse(now);
    return Duration.between(now, renewed.plusSeconds(held.seconds()));
  }

  private static void pause() {
    try {
      Thread.sleep(BETWEEN_LOOKS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoppedException();
    }
  }

  /** Host, boot, process and its start; nobody else ever has the same. */
  private static String process() {
    ProcessHandle self = ProcessHandle.current();
    return host() + " " + boot() + " " + self.pid() + " " + started(self);
  }

  private static String started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("?");
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName().replace(' ', '_');
    } catch (UnknownHostException e) {
      return "?";
    }
  }

  private static String boot() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    } catch (IOException e) {
      return "?";
    }
  }

  /** Whether a process that ran on this host, since its last start, is there no more. */
  private static boolean isGone(String holder, String self) {
    String[] theirs = holder.split(" ", -1);
    String[] ours = self.split(" ", -1);
    if (theirs.length != 4
        || holder.contains("?")
        || !theirs[0].equals(ours[0])
        || !theirs[1].equals(ours[1])) {
      return false;
    }
    try {
      return ProcessHandle.of(Long.parseLong(theirs[2]))
          .map(process -> !started(process).equals(theirs[3]))
          .orElse(true);
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private void renewQuietly() {
    try {
      renew();
    } catch (RuntimeException e) {
      // the store is away for now; before the commit it is asked again
    }
  }

  private synchronized void renew() {
    if (!isLost) {
      put(place, renewedBy(held.entry().holder()), held.version())
          .ifPresentOrElse(renewed -> held = renewed, () -> isLost = true);
    }
  }

  private LeaseEntry renewedBy(@Nullable String holder) {
    LeaseEntry entry = held.entry();
    return new LeaseEntry(
        entry.format(),
        holder,
        entry.token(),
        entry.renewal() + 1,
        entry.seconds(),
        entry.process());
  }

  /**
   * Renews it: for after a pause of unknown length, and before a commit.
   *
   * @throws RetryLaterException if another run has it by now
   */
  public void require() {
    renew();
    if (isLost) {
      throw new RetryLaterException(
          "commit to",
          place.subject(),
          "this run was silent for so long that another took its place",
          "See what that one does (varve list), or run the backup again.");
    }
  }

  /** Frees it. */
  @Override
  public synchronized void close() {
    renewals.shutdownNow();
    boolean interrupted = Thread.interrupted();
    try {
      if (!isLost) {
        place.repository().putLease(place.key(), renewedBy(null), held.version());
      }
    } catch (RuntimeException e) {
      // it runs out by itself
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
