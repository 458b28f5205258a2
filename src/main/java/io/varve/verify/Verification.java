package io.varve.verify;

import io.varve.CallTime;
import io.varve.ContinueException;
import io.varve.DamageFoundException;
import io.varve.InvalidRequestException;
import io.varve.Progress;
import io.varve.TableProgress;
import io.varve.VarveException;
import io.varve.Workers;
import io.varve.codec.PartDecoder;
import io.varve.codec.RowChecksum;
import io.varve.codec.StoredBytes;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableName;
import io.varve.repository.BackupId;
import io.varve.repository.Job;
import io.varve.repository.Manifest;
import io.varve.repository.PartEntry;
import io.varve.repository.SourceRepository;
import io.varve.repository.Summary;
import io.varve.repository.TableEntry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Compares what is stored with what backups name: by one listing, that every part is there with its
 * size; and, for as many parts as asked, by reading them: that their bytes have the SHA-256, and
 * their rows the number and checksum, that the manifest gives. Needs no database. For one run.
 *
 * <p>A call whose time is up tells where the next goes on. Each compares the listing, and speaks of
 * the damage that it has found itself.
 */
public final class Verification {

  /**
   * A part to be read, once, however many backups name it.
   *
   * @param number in its table
   */
  private record Read(BackupId backup, TableEntry table, int number, PartEntry part) {}

  /** Which part of which backup an object is. */
  private record Place(BackupId backup, int number) {}

  private final SourceRepository repository;
  private final VerifyOptions options;
  private final CallTime time;
  private final StoppedAt from;
  private final Progress progress;
  private final Clock clock;
  private final Queue<Damage> damages = new ConcurrentLinkedQueue<>();
  private final Map<String, List<Place>> named = new HashMap<>();
  private final TableProgress tables;

  /**
   * @param percentRead of the parts that are read, spread evenly; 0 reads none
   */
  public Verification(
      SourceRepository repository, int percentRead, int parallel, Progress progress, Clock clock) {
    this(repository, new VerifyOptions(percentRead, parallel), progress, clock);
  }

  public Verification(
      SourceRepository repository, VerifyOptions options, Progress progress, Clock clock) {
    this.repository = repository;
    this.options = options;
    this.time = new CallTime(options.limit());
    this.from = options.from().orElseGet(() -> StoppedAt.theBeginning(clock.instant()));
    this.progress = progress;
    this.tables = new TableProgress(progress);
    this.clock = clock;
  }

  /**
   * Looks at all backups that count, at those whose manifest cannot be read or is gone, and at what
   * lies there that no run put there.
   *
   * @throws ContinueException if the time is up before the end, and no damage was found
   */
  public VerifyReport runAll() {
    List<BackupId> ids = new ArrayList<>(repository.backups().stream().map(Summary::id).toList());
    Set<BackupId> buried = repository.buried();
    for (BackupId id : new TreeSet<>(repository.closedIds())) {
      if (!ids.contains(id) && !buried.contains(id) && !isFence(id)) {
        ids.add(id);
      }
    }
    for (BackupId id : repository.lostManifests()) {
      damages.add(
          new Damage(id, "", null, repository.keyOfManifest(id), "it is missing from the store"));
    }
    SourceRepository.Inventory inventory = repository.inventory();
    return pinned(pins -> run(stillThere(ids, pins), inventory.partSizes(), inventory.foreign()));
  }

  /** Without those that were deleted since they were listed. */
  private List<BackupId> stillThere(List<BackupId> ids, List<Job> pins) {
    List<BackupId> there = new ArrayList<>();
    for (BackupId id : ids) {
      try {
        pin(id).ifPresent(pins::add);
        there.add(id);
      } catch (InvalidRequestException deleted) {
        progress.warn("backup " + id + " was deleted meanwhile");
      }
    }
    return there;
  }

  private boolean isFence(BackupId id) {
    try {
      return repository.manifestOrFence(id).isEmpty();
    } catch (DamageFoundException | InvalidRequestException e) {
      return false;
    }
  }

  /**
   * Looks at some backups; what is wrong is in the report, not thrown.
   *
   * @throws InvalidRequestException if one of them is not there
   * @throws ContinueException if the time is up before the end, and no damage was found
   */
  public VerifyReport run(List<BackupId> backups) {
    return pinned(
        pins -> {
          backups.forEach(id -> pin(id).ifPresent(pins::add));
          return run(backups, repository.partSizes(), List.of());
        });
  }

  private VerifyReport pinned(Function<List<Job>, VerifyReport> work) {
    List<Job> pins = new ArrayList<>();
    try {
      VerifyReport report = work.apply(pins);
      pins.forEach(Job::done);
      return report;
    } catch (ContinueException next) {
      pins.forEach(pin -> pin.endedEarly(next));
      throw next;
    } catch (RuntimeException | Error failed) {
      pins.forEach(pin -> pin.failed(failed));
      throw failed;
    }
  }

  private VerifyReport run(List<BackupId> backups, Map<String, Long> sizes, List<String> foreign) {
    Instant start = clock.instant();
    Set<String> seen = new HashSet<>();
    List<Read> reads = new ArrayList<>();
    for (BackupId id : backups) {
      if (time.isUp()) {
        throw timeIsUp("before all manifests were read", from);
      }
      for (Read read : compare(id, sizes)) {
        named
            .computeIfAbsent(read.part().key(), key -> new ArrayList<>())
            .add(new Place(id, read.number()));
        if (seen.add(read.part().key())) {
          reads.add(read);
        }
      }
    }
    List<Read> sample = left(sample(reads));
    progress.begin("reading", sample.stream().mapToLong(read -> read.part().rawBytes()).sum());
    for (Read read : sample) {
      TableName table = read.table().definition().name();
      tables.add(table.schema(), table.table(), read.part().rawBytes());
    }
    tables.begin();
    AtomicInteger count = new AtomicInteger();
    AtomicLong bytes = new AtomicLong();
    List<StoredBytes> buffers =
        Stream.generate(StoredBytes::new).limit(Math.max(1, options.parallel())).toList();
    boolean whole =
        Workers.shareUntil(
            options.limit(),
            buffers,
            sample,
            (buffer, next) -> {
              read(next, buffer);
              count.incrementAndGet();
              bytes.addAndGet(next.part().storedBytes());
              time.cameFurther();
              return true;
            });
    // they are taken in order, and what is taken is read
    StoppedAt stopped =
        count.get() == 0 ? from : from.after(sample.get(count.get() - 1).part().key());
    if (!whole && damages.isEmpty()) {
      throw timeIsUp("after " + count.get() + " of " + sample.size() + " parts", stopped);
    }
    return new VerifyReport(
        backups.size(),
        seen.size(),
        count.get(),
        bytes.get(),
        Duration.between(start, clock.instant()).toMillis() / 1000.0,
        List.copyOf(damages),
        foreign,
        whole ? null : stopped.token());
  }

  private VarveException timeIsUp(String when, StoppedAt stopped) {
    if (time.hasComeFurther()) {
      return new ContinueException(
          "finish verifying",
          repository.location(),
          "the time is up " + when,
          stopped.token(),
          "Call it again: it goes on where it stopped (--continue " + stopped.token() + ").");
    }
    return new InvalidRequestException(
        "finish verifying",
        repository.location(),
        "a call has " + time.given() + " for work, and they were over before a part was read",
        "Give it more time (--deadline), name one backup, or run it where nothing limits its time.");
  }

  /** What calls before this one have not read, in an order that does not change. */
  private List<Read> left(List<Read> reads) {
    return reads.stream()
        .filter(read -> from.isBefore(read.part().key()))
        .sorted(Comparator.comparing(read -> StoppedAt.position(read.part().key())))
        .toList();
  }

  private Optional<Job> pin(BackupId id) {
    return Job.usingWherePossible(repository, "verify", id, clock, progress::warn);
  }

  private List<Read> compare(BackupId id, Map<String, Long> sizes) {
    List<Read> present = new ArrayList<>();
    Manifest manifest;
    try {
      manifest = repository.manifest(id);
    } catch (DamageFoundException e) {
      damages.add(new Damage(id, "", null, repository.keyOfManifest(id), e.reason()));
      return present;
    }
    repository
        .faultOfSummary(id)
        .ifPresent(
            fault -> damages.add(new Damage(id, "", null, repository.keyOfSummary(id), fault)));
    for (TableEntry table : manifest.tables()) {
      for (int number = 0; number < table.parts().size(); number++) {
        PartEntry part = table.parts().get(number);
        Long size = sizes.get(part.key());
        if (size == null) {
          damage(id, table, number, part, "it is missing from the store");
        } else if (size != part.storedBytes()) {
          damage(
              id,
              table,
              number,
              part,
              "it has " + size + " bytes instead of " + part.storedBytes());
        } else {
          present.add(new Read(id, table, number, part));
        }
      }
    }
    return present;
  }

  private List<Read> sample(List<Read> reads) {
    int wanted = (int) Math.ceil(reads.size() * (options.percentRead() / 100.0));
    // another sample on another day: over time all is read
    int shift = reads.isEmpty() ? 0 : Math.floorMod(from.began().getEpochSecond(), reads.size());
    return IntStream.range(0, wanted)
        .mapToObj(i -> reads.get((int) ((long) i * reads.size() / wanted + shift) % reads.size()))
        .toList();
  }

  private void read(Read read, StoredBytes stored) {
    PartEntry part = read.part();
    TableName name = read.table().definition().name();
    tables.begins(name.schema(), name.table());
    try {
      repository.readPart(part, stored);
      TableDefinition table = read.table().definition();
      RowChecksum rows = PartDecoder.checksum(stored, table.forms());
      if (!rows.equals(part.checksum(), table.rowsMayRepeat())) {
        foundByReading(read, "its rows have another checksum");
      }
    } catch (DamageFoundException e) {
      foundByReading(read, e.reason());
    } catch (IOException e) {
      foundByReading(read, "its text cannot be read");
    }
    tables.done(name.schema(), name.table(), part.rows(), part.rawBytes());
  }

  /** A listing does not show it, so it is noted: no later backup keeps such a part. */
  private void foundByReading(Read read, String reason) {
    try {
      repository.noteDamaged(read.part().key(), reason);
    } catch (InvalidRequestException e) {
      progress.warn("the damage could not be noted in the store: " + e.reason());
    }
    for (Place place :
        named.getOrDefault(read.part().key(), List.of(new Place(read.backup(), read.number())))) {
      damage(place.backup(), read.table(), place.number(), read.part(), reason);
    }
  }

  private void damage(BackupId id, TableEntry table, int number, PartEntry part, String reason) {
    damages.add(new Damage(id, table.definition().name().toString(), number, part.key(), reason));
  }
}
