package io.varve.repository;

import static java.util.Objects.requireNonNull;

import io.varve.CommitStateUnknownException;
import io.varve.DamageFoundException;
import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.Workers;
import io.varve.codec.EncodedPart;
import io.varve.codec.RowChecksum;
import io.varve.codec.StoredBytes;
import io.varve.mysql.TableDefinition;
import io.varve.store.Content;
import io.varve.store.ObjectInfo;
import io.varve.store.ObjectStore;
import io.varve.store.PutOutcome;
import io.varve.store.Sha256;
import io.varve.store.StoreProbe;
import io.varve.store.StoredObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What one source has in a repository. Every object is written once; a backup exists from the
 * moment its manifest is put, and counts while it has no tombstone. Thread-safe.
 */
public final class SourceRepository {

  /** How many summaries are read at the same time, where there are more than a few. */
  private static final int READERS = 16;

  private static final int FEW = 4;

  private static final int MOST_RACES = 10;

  private static final int MOST_LIKELY = 8;
  private static final String SEE_OTHERS =
      "Take another backup (varve list shows them), and find out what wrote to the store.";

  private final ObjectStore store;
  private final String source;

  SourceRepository(ObjectStore store, String source) {
    this.store = store;
    this.source = source;
  }

  public String name() {
    return source;
  }

  /** For messages: {@code s3://bucket/prefix/shop}. */
  public String location() {
    return store.location() + "/" + source;
  }

  /**
   * Puts a part: one request.
   *
   * @param number unique in its table and run; later numbers need not be later ranges
   * @return how a manifest names it, its range not set yet
   */
  public PartEntry putPart(BackupId id, TableDefinition table, int number, EncodedPart part) {
    String sha256 = HexFormat.of().formatHex(part.content().sha256());
    String key = Layout.part(source, id, table.name(), number, sha256);
    if (store.create(key, part.content()) == PutOutcome.OTHER) {
      throw new DamageFoundException(
          "put",
          key + " in " + store.location(),
          "another object stands there, although the name holds the hash of the content",
          "Something else writes below this prefix: find it, and run the backup again.");
    }
    RowChecksum checksum = part.checksum();
    return new PartEntry(
        key,
        null,
        null,
        checksum.rows(),
        part.rawBytes(),
        part.content().size(),
        part.longestRowBytes(),
        part.longestCanonicalBytes(),
        hex(checksum.xor()),
        table.rowsMayRepeat() ? hex(checksum.sum()) : null,
        sha256);
  }

  private static String hex(long value) {
    return HexFormat.of().toHexDigits(value);
  }

  /**
   * Reads a part whole, and checks that it is the one that the manifest names.
   *
   * @throws DamageFoundException if it is missing, cut, altered, or another one
   */
  public void readPart(PartEntry part, StoredBytes into) {
    byte[] array = into.room(part.storedBytes());
    int size =
        store
            .read(part.key(), array)
            .orElseThrow(() -> damaged(part, "it is missing from the store"));
    if (size != part.storedBytes()) {
      throw damaged(
          part, "it has " + size + " bytes where the manifest says " + part.storedBytes());
    }
    MessageDigest sha256 = Sha256.newDigest();
    sha256.update(array, 0, size);
    if (!HexFormat.of().formatHex(sha256.digest()).equals(part.sha256())) {
      throw damaged(part, "its SHA-256 is not the manifest's: it was altered or swapped");
    }
    into.filled(size);
  }

  private DamageFoundException damaged(PartEntry part, String reason) {
    return new DamageFoundException(
        "use the part",
        part.key() + " in " + store.location(),
        reason,
        "Take another backup (varve list shows them), or run varve verify to see what else is"
            + " hit.");
  }

  /** Sizes of all objects below parts/, by key. A request for 1,000 of them. */
  public Map<String, Long> partSizes() {
    return sizesBelow(Layout.parts(source));
  }

  /**
   * Which of the parts are there with their size, and were not found damaged. Lists the folders
   * that the keys name: a request for 1,000 objects in them.
   *
   * @param keys of parts of this source
   */
  public Predicate<PartEntry> soundParts(Collection<String> keys) {
    Set<String> folders = new TreeSet<>();
    keys.forEach(key -> backupOf(key).ifPresent(id -> folders.add(Layout.parts(source, id))));
    Map<String, Long> sizes = new HashMap<>();
    folders.forEach(folder -> sizes.putAll(sizesBelow(folder)));
    Set<String> damaged = damagedParts();
    return part ->
        sizes.getOrDefault(part.key(), -1L) == part.storedBytes() && !damaged.contains(part.key());
  }

  /**
   * All that lies in this source's part of the repository: a request for 1,000 objects.
   *
   * @param partSizes of all objects below parts/, by key
   * @param foreign keys that no run of Varve gives
   */
  public record Inventory(Map<String, Long> partSizes, List<String> foreign) {}

  /** As of now. */
  public Inventory inventory() {
    Map<String, Long> sizes = new HashMap<>();
    List<String> foreign = new ArrayList<>();
    store.list(
        source + "/",
        object -> {
          if (object.key().startsWith(Layout.parts(source))) {
            sizes.put(object.key(), object.size());
          }
          if (!Layout.isOwn(source, object.key())) {
            foreign.add(object.key());
          }
        });
    return new Inventory(sizes, List.copyOf(foreign));
  }

  /**
   * The backups whose manifest is gone, although nobody has deleted them: what is left is a
   * summary, of a run that has ended. Three listings and a request for each job that has not ended.
   */
  public Set<BackupId> lostManifests() {
    // in this order: whoever has ended by the second listing has put a manifest or a fence before
    Set<BackupId> summaries = new TreeSet<>();
    store.list(Layout.summaries(source), object -> idOfManifest(object).ifPresent(summaries::add));
    Set<BackupId> open = new HashSet<>();
    openJobs().forEach(job -> open.addAll(job.ownBackups()));
    summaries.removeAll(open);
    summaries.removeAll(closedIds());
    summaries.removeAll(buried());
    return summaries;
  }

  private Map<String, Long> sizesBelow(String prefix) {
    Map<String, Long> sizes = new HashMap<>();
    store.list(prefix, object -> sizes.put(object.key(), object.size()));
    return sizes;
  }

  /** In the folder of which backup a part lies. */
  public Optional<String> backupOf(String partKey) {
    String parts = Layout.parts(source);
    int end = partKey.indexOf('/', parts.length());
    return partKey.startsWith(parts) && end > 0
        ? Optional.of(partKey.substring(parts.length(), end))
        : Optional.empty();
  }

  /** Whether a part lies in the folder of a backup: its own runs have made it. */
  public boolean isMadeBy(BackupId id, PartEntry part) {
    return backupOf(part.key()).equals(Optional.of(id.value()));
  }

  /** The keys of parts that were found damaged. */
  public Set<String> damagedParts() {
    Set<String> damaged = new HashSet<>();
    String prefix = Layout.damaged(source);
    store.list(
        prefix,
        object -> damaged.add(Layout.parts(source) + object.key().substring(prefix.length())));
    return damaged;
  }

  /** Notes that a part is damaged: no later backup keeps it. */
  public void noteDamaged(String partKey, String reason) {
    store.create(
        Layout.damaged(source, partKey), Content.of(reason.getBytes(StandardCharsets.UTF_8)));
  }

  /** Puts a piece of a job's record. */
  void record(JobEntry entry, int piece) {
    store.create(Layout.job(source, entry.job(), piece), Content.of(Json.write(entry)));
  }

  /** Puts the last piece of a job's record. */
  void recordEnd(JobEntry entry) {
    store.create(Layout.jobEnd(source, entry.job()), Content.of(Json.write(entry)));
  }

  /**
   * Puts a plan; of several of one name the first stands.
   *
   * @return the one that stands
   * @throws InvalidRequestException if a job cannot be named so
   */
  public WorkPlan putPlan(WorkPlan plan) {
    String key = Layout.plan(source, requireJobName(plan.job()));
    store.create(key, Content.of(Json.write(plan)));
    return plan(plan.job()).orElseThrow(() -> damaged(key, "it was put and is not there"));
  }

  /** The plan of a job, where there is one. One request. */
  public Optional<WorkPlan> plan(String job) {
    String key = Layout.plan(source, requireJobName(job));
    return store.get(key).map(object -> parse(object, key, WorkPlan.class));
  }

  /**
   * Puts the plan of a restore; of several of one name the first stands.
   *
   * @return the one that stands
   */
  public LoadPlan putLoadPlan(LoadPlan plan) {
    String key = Layout.loadPlan(source, requireJobName(plan.job()));
    store.create(key, Content.of(Json.write(plan)));
    return loadPlan(plan.job()).orElseThrow(() -> damaged(key, "it was put and is not there"));
  }

  /** The plan of a job that restores, where there is one. One request. */
  public Optional<LoadPlan> loadPlan(String job) {
    String key = Layout.loadPlan(source, requireJobName(job));
    return store.get(key).map(object -> parse(object, key, LoadPlan.class));
  }

  /** Puts that the restore of a plan is verified. */
  public void putLoadEnd(String job, LoadEnd end) {
    store.create(Layout.loadEnd(source, job), Content.of(Json.write(end)));
  }

  /** That the restore of a plan is verified; empty before. One request. */
  public Optional<LoadEnd> loadEnd(String job) {
    String key = Layout.loadEnd(source, requireJobName(job));
    return store.get(key).map(object -> parse(object, key, LoadEnd.class));
  }

  private static String requireJobName(String job) {
    if (!Layout.isRequestName(job)) {
      throw new InvalidRequestException(
          "use",
          "the job name '" + job + "'",
          "it has other characters than letters, digits, dot, hyphen and underscore, or is longer"
              + " than 100",
          "Choose another.");
    }
    return job;
  }

  /** Puts what came of the meeting of a plan's workers; the first that is put stands. */
  public void putSharedSnapshot(String job, SharedSnapshot snapshot) {
    store.create(Layout.sharedSnapshot(source, job), Content.of(Json.write(snapshot)));
  }

  /** What came of the meeting of a plan's workers; empty before it. One request. */
  public Optional<SharedSnapshot> sharedSnapshot(String job) {
    String key = Layout.sharedSnapshot(source, job);
    return store.get(key).map(object -> parse(object, key, SharedSnapshot.class));
  }

  /** When the first piece of a job's record was put, by the store's clock. */
  public Instant timeOf(Job job) {
    String key = Layout.job(source, job.id(), 0);
    return infoOf(key)
        .map(ObjectInfo::modified)
        .orElseThrow(() -> damaged(key, "it was put and is not there"));
  }

  private Optional<ObjectInfo> infoOf(String key) {
    List<ObjectInfo> found = new ArrayList<>();
    store.list(key, found::add);
    return found.stream().filter(object -> object.key().equals(key)).findFirst();
  }

  /**
   * The records of jobs that have not ended, oldest first. A listing, and a request for each of
   * their pieces.
   */
  public List<JobRecord> openJobs() {
    return open(jobs());
  }

  /** The records of those among some jobs that have not ended. A request for each piece. */
  public List<JobRecord> open(List<ListedJob> jobs) {
    return jobs.stream().filter(job -> !job.ended()).map(this::read).toList();
  }

  /**
   * All jobs, without their pieces, oldest first. What else is noted of a job, by a name that its
   * caller chose or as a plan, is listed as one that has ended.
   */
  public List<ListedJob> jobs() {
    Map<String, ListedJob> jobs = new TreeMap<>();
    String prefix = Layout.jobs(source);
    store.list(
        prefix,
        object -> {
          String[] names = object.key().substring(prefix.length()).split("/", -1);
          Optional<String> note = Layout.folderOfJobNote(source, object.key());
          if (note.isPresent()) {
            jobs.merge(
                note.get(),
                new ListedJob(note.get(), List.of(object.key()), true, object.modified()),
                ListedJob::plus);
          } else if (names.length == 2) {
            jobs.merge(
                names[0],
                new ListedJob(
                    names[0],
                    List.of(object.key()),
                    names[1].equals("end.json"),
                    object.modified()),
                ListedJob::plus);
          }
        });
    return List.copyOf(jobs.values());
  }

  /** The jobs that there are notes of, those that changed last first. A listing. */
  public JobHistory history() {
    return JobHistory.of(source, jobs());
  }

  /** The newest piece of a job's record; empty where it is gone. One request. */
  public Optional<JobEntry> newestPiece(ListedJob job) {
    return job.keys().stream()
        .max(Comparator.comparingInt(SourceRepository::pieceNumber))
        .flatMap(key -> store.get(key).map(object -> parse(object, key, JobEntry.class)));
  }

  /** The record of a job. A request for each piece. */
  public JobRecord read(ListedJob job) {
    List<JobEntry> pieces = new ArrayList<>();
    job.keys().stream()
        .sorted(Comparator.comparingInt(SourceRepository::pieceNumber))
        .forEach(
            key ->
                store.get(key).ifPresent(object -> pieces.add(parse(object, key, JobEntry.class))));
    return new JobRecord(job.id(), pieces, job.lastModified());
  }

  private static int pieceNumber(String key) {
    String digits = key.substring(key.lastIndexOf('/') + 1).replaceFirst("\\.json$", "");
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      return Integer.MAX_VALUE;
    }
  }

  /** The ids at whose key a manifest or a fence stands: a run of theirs can commit no more. */
  public Set<BackupId> closedIds() {
    Set<BackupId> closed = new HashSet<>();
    store.list(Layout.manifests(source), object -> idOfManifest(object).ifPresent(closed::add));
    return closed;
  }

  /** When each manifest, or fence, was put, by the store's clock. */
  public Map<BackupId, Instant> manifestTimes() {
    Map<BackupId, Instant> times = new HashMap<>();
    store.list(
        Layout.manifests(source),
        object -> idOfManifest(object).ifPresent(id -> times.put(id, object.modified())));
    return times;
  }

  private static Optional<BackupId> idOfManifest(ObjectInfo object) {
    return BackupId.parse(lastSegment(object).replaceFirst("\\.json$", ""));
  }

  /**
   * The manifest of a backup that may not count, for what it names; empty for a fence, and where
   * there is none.
   *
   * @throws DamageFoundException if it cannot be read
   */
  public Optional<Manifest> manifestOrFence(BackupId id) {
    return standing(id) instanceof Standing.Committed(Manifest manifest)
        ? Optional.of(manifest)
        : Optional.empty();
  }

  /**
   * What stands at the key of a backup's manifest, whether or not the backup counts.
   *
   * @throws DamageFoundException if it cannot be read
   */
  public Standing standing(BackupId id) {
    String key = Layout.manifest(source, id);
    Optional<StoredObject> object = store.get(key);
    if (object.isEmpty()) {
      return new Standing.Absent();
    }
    Format format = parse(object.get(), key, Format.class);
    Repository.requireKnownFormat(format.format(), key, store);
    return Boolean.TRUE.equals(format.fence())
        ? new Standing.Fenced()
        : new Standing.Committed(parse(object.get(), key, Manifest.class));
  }

  /** The ids that have a tombstone. */
  public Set<BackupId> buried() {
    return idsBelow(Layout.tombstones(source));
  }

  /** When each backup was deleted that was, by the store's clock. A listing. */
  public Map<BackupId, Instant> burials() {
    Map<BackupId, Instant> times = new TreeMap<>();
    store.list(
        Layout.tombstones(source),
        object ->
            BackupId.parse(lastSegment(object)).ifPresent(id -> times.put(id, object.modified())));
    return times;
  }

  /** Says that a backup is deleted: from now on it does not count. Kept for ever. */
  public void bury(BackupId id, String runId) {
    store.create(Layout.tombstone(source, id), Content.of(runId.getBytes(StandardCharsets.UTF_8)));
  }

  /** The ids of backups that are held: no policy takes them away. */
  public Set<BackupId> held() {
    return idsBelow(Layout.holds(source));
  }

  /** Keeps a backup whatever the policy says. */
  public void hold(BackupId id) {
    store.create(Layout.hold(source, id), Content.of(new byte[0]));
  }

  /** Leaves a backup to the policy again. */
  public void release(BackupId id) {
    store.delete(Layout.hold(source, id));
  }

  private Set<BackupId> idsBelow(String prefix) {
    Set<BackupId> ids = new TreeSet<>();
    store.list(prefix, object -> BackupId.parse(lastSegment(object)).ifPresent(ids::add));
    return ids;
  }

  /** For prune alone: the manifest of a backup that is buried. */
  public void deleteManifest(BackupId id) {
    store.delete(Layout.manifest(source, id));
  }

  /** For prune alone: what else was said of a backup whose manifest is gone. */
  public void deleteRecordsOf(BackupId id) {
    store.delete(Layout.summary(source, id));
    store.delete(Layout.hold(source, id));
  }

  /** The ids that have a summary or are held, whether or not there is such a backup. */
  public Set<BackupId> recorded() {
    Set<BackupId> ids = held();
    store.list(Layout.summaries(source), object -> idOfManifest(object).ifPresent(ids::add));
    return ids;
  }

  /** For prune alone: what a trial of the store has left that was killed before this time. */
  public void deleteTrialsBefore(Instant time) {
    List<ObjectInfo> left = new ArrayList<>();
    store.list(StoreProbe.FOLDER, left::add);
    left.stream()
        .filter(object -> object.modified().isBefore(time))
        .forEach(object -> store.delete(object.key()));
  }

  /** For prune alone: a part that nothing names, in the folder of a closed id. */
  public void deletePart(String key) {
    store.delete(key);
  }

  /** For prune alone: the mark of a damaged part that is gone. */
  public void forgetDamage(String partKey) {
    store.delete(Layout.damaged(source, partKey));
  }

  /** For prune alone: the record of a job that ended long ago. */
  public void delete(ListedJob job) {
    job.keys().forEach(store::delete);
  }

  Optional<StoredObject> readLease(String key) {
    return store.get(key);
  }

  Optional<ObjectInfo> leaseInfo(String key) {
    return infoOf(key);
  }

  /**
   * The job that writes to this source's backups, going by a lease that was renewed just now; empty
   * where there is none. A listing and a request. For what is shown to people: what follows from a
   * lease is {@link Lease}'s to say.
   */
  public Optional<String> writer(Instant now) {
    String key = Layout.lease(source);
    Instant oldest = now.minus(Lease.LENGTH.multipliedBy(2)); // clocks differ
    return leaseInfo(key)
        .filter(info -> info.modified().isAfter(oldest))
        .flatMap(info -> readLease(key))
        .map(object -> parseLease(object, key).holder());
  }

  LeaseEntry parseLease(StoredObject object, String key) {
    return parse(object, key, LeaseEntry.class);
  }

  /** Puts a lease where there is none, or over a version of it. */
  PutOutcome putLease(String key, LeaseEntry entry, @Nullable String over) {
    Content content = Content.of(Json.write(entry));
    return over == null ? store.create(key, content) : store.replace(key, content, over);
  }

  /** What is known of what was asked for under a name; empty where nothing was. One request. */
  public Optional<RequestEntry> requested(String name) {
    return Layout.isRequestName(name)
        ? readRequest(name).map(object -> parseRequest(object, name))
        : Optional.empty();
  }

  /**
   * What a job has told of itself, as far as that was kept; nothing where it was not, or is of a
   * newer format. One request.
   */
  public List<JobLog.Line> log(String name) {
    return Layout.isRequestName(name)
        ? store
            .get(Layout.log(source, name))
            .map(object -> parse(object, Layout.log(source, name), JobLog.class))
            .filter(log -> log.format() <= Repository.FORMAT)
            .map(JobLog::lines)
            .orElse(List.of())
        : List.of();
  }

  /** Keeps what a job has told, after what is kept. One request, and more where there is any. */
  public void addToLog(String name, List<JobLog.Line> lines) {
    String key = Layout.log(source, name);
    for (int i = 0; i < MOST_RACES; i++) {
      Optional<StoredObject> there = i == 0 ? Optional.empty() : store.get(key);
      List<JobLog.Line> earlier =
          there.map(object -> parse(object, key, JobLog.class).lines()).orElse(List.of());
      Content content = Content.of(Json.write(JobLog.of(earlier, lines)));
      PutOutcome outcome =
          there.isPresent()
              ? store.replace(key, content, there.get().version())
              : store.create(key, content);
      if (outcome != PutOutcome.OTHER) {
        return;
      }
    }
    throw new RetryLaterException(
        "note", key + " in " + store.location(), "others write it all the time", "Try again.");
  }

  /** The names under which something was asked for, in their order. A request for 1,000 of them. */
  public List<String> requestNames() {
    return store.folders(Layout.requests(source));
  }

  /**
   * When what is known of each request was last replaced, by the store's clock. A request for 500
   * of them.
   */
  public Map<String, Instant> requestTimes() {
    String prefix = Layout.requests(source);
    Map<String, Instant> times = new TreeMap<>();
    store.list(
        prefix,
        object -> {
          String[] names = object.key().substring(prefix.length()).split("/", -1);
          if (names.length == 2 && names[1].equals("request.json")) {
            times.put(names[0], object.modified());
          }
        });
    return times;
  }

  /** The names of what servers are to do, in their order. A request for 1,000 of them. */
  public List<String> queue() {
    List<String> names = new ArrayList<>();
    store.list(
        Layout.queue(source),
        object -> names.add(lastSegment(object).replaceFirst("\\.json$", "")));
    return names;
  }

  /** What is to be done under a name; empty where it is done. One request. */
  public Optional<QueueEntry> queued(String name) {
    String key = Layout.queued(source, name);
    return store
        .get(key)
        .map(
            object -> {
              QueueEntry entry = parse(object, key, QueueEntry.class);
              Repository.requireKnownFormat(entry.format(), key, store);
              return entry;
            });
  }

  /** Has servers do something, if they are not already to do something of that name. */
  public void enqueue(String name, QueueEntry entry) {
    store.create(Layout.queued(source, name), Content.of(Json.write(entry)));
  }

  /** It is done. */
  public void dequeue(String name) {
    store.delete(Layout.queued(source, name));
  }

  /** How far a schedule is; empty where nobody has seen it. One request. */
  public Optional<ScheduleEntry> schedule(String kind) {
    return readSchedule(kind)
        .map(object -> parse(object, Layout.schedule(source, kind), ScheduleEntry.class));
  }

  /**
   * Notes how far a schedule is, over what is known now. Two requests, and more where others write
   * too.
   *
   * @param first where nobody has seen it
   * @return what is noted
   */
  public ScheduleEntry changeSchedule(
      String kind, Supplier<ScheduleEntry> first, UnaryOperator<ScheduleEntry> change) {
    String key = Layout.schedule(source, kind);
    for (int i = 0; i < MOST_RACES; i++) {
      Optional<StoredObject> there = readSchedule(kind);
      ScheduleEntry known =
          there.map(object -> parse(object, key, ScheduleEntry.class)).orElseGet(first);
      Repository.requireKnownFormat(known.format(), key, store);
      ScheduleEntry next = change.apply(known);
      if (there.isPresent() && next.equals(known)) {
        return known;
      }
      Content content = Content.of(Json.write(next));
      PutOutcome outcome =
          there.isPresent()
              ? store.replace(key, content, there.get().version())
              : store.create(key, content);
      if (outcome != PutOutcome.OTHER) {
        return next;
      }
    }
    throw new RetryLaterException(
        "note", key + " in " + store.location(), "others write it all the time", "Try again.");
  }

  private Optional<StoredObject> readSchedule(String kind) {
    return store.get(Layout.schedule(source, kind));
  }

  /** What is known of a request, and the version of that. */
  Optional<StoredObject> readRequest(String name) {
    return store.get(Layout.request(source, name));
  }

  RequestEntry parseRequest(StoredObject object, String name) {
    String key = Layout.request(source, name);
    RequestEntry entry = parse(object, key, RequestEntry.class);
    Repository.requireKnownFormat(entry.format(), key, store);
    return entry;
  }

  /** Puts what is known of a request where nothing is, or over a version of it. */
  PutOutcome putRequest(String name, RequestEntry entry, @Nullable String over) {
    Content content = Content.of(Json.write(entry));
    String key = Layout.request(source, name);
    return over == null ? store.create(key, content) : store.replace(key, content, over);
  }

  /** The store's time: puts an object, lists it, deletes it. */
  Instant timeAskedFor(String request) {
    String key = Layout.timeAsked(source, request, BackupId.random(12));
    store.create(key, Content.of(key));
    try {
      return infoOf(key)
          .map(ObjectInfo::modified)
          .orElseThrow(() -> damaged(key, "it was put and is not there"));
    } finally {
      store.delete(key);
    }
  }

  /**
   * Makes the backup exist: puts the summary, then the manifest.
   *
   * @throws CommitStateUnknownException if the answer was lost and could not be read back
   * @throws RetryLaterException if the run was fenced: somebody took it for dead
   */
  public void commit(Manifest manifest) {
    byte[] json = Json.write(manifest);
    putSummary(Summary.of(manifest, json));
    String key = Layout.manifest(source, manifest.id());
    PutOutcome outcome;
    try {
      outcome = store.create(key, Content.of(json));
    } catch (RetryLaterException e) {
      throw new CommitStateUnknownException(
          "tell whether the backup was committed by putting",
          key + " in " + store.location(),
          e.reason(),
          "When the store answers again, varve list shows whether the backup is there.",
          e);
    }
    if (outcome == PutOutcome.OTHER) {
      throw new RetryLaterException(
          "commit",
          "backup " + manifest.id() + " in " + location(),
          "the run was declared dead while it was still at work",
          "Run the backup again.");
    }
  }

  /** In place of that of an earlier run of the same backup, which ended before it committed. */
  private void putSummary(Summary summary) {
    String key = Layout.summary(source, summary.id());
    Content content = Content.of(Json.write(summary));
    if (store.create(key, content) == PutOutcome.OTHER) {
      store.get(key).ifPresent(other -> store.replace(key, content, other.version()));
    }
  }

  /** Ends a run without a commit: from here on none can come, so that what it left can be swept. */
  public void fence(BackupId id, String runId, Instant now) {
    Fence fence = new Fence(Repository.FORMAT, id, true, runId, now);
    store.create(Layout.manifest(source, id), Content.of(Json.write(fence)));
  }

  /** The backups that count, oldest first. Two listings and one request for each. */
  public List<Summary> backups() {
    return backups(Map.of());
  }

  /** As above, without a request for those that are known: a backup never changes. */
  public List<Summary> backups(Map<BackupId, Summary> known) {
    Map<BackupId, ObjectInfo> counting = unburied();
    List<Summary> backups = new ArrayList<>();
    List<BackupId> unknown = new ArrayList<>();
    counting.forEach(
        (id, manifest) ->
            Optional.ofNullable(known.get(id))
                .filter(summary -> summary.manifestBytes() == manifest.size())
                .ifPresentOrElse(backups::add, () -> unknown.add(id)));
    backups.addAll(summaries(unknown, counting));
    backups.sort(Comparator.comparing(Summary::snapshotTime).thenComparing(Summary::id));
    return backups;
  }

  /**
   * The backup of the newest instant. Two listings and some requests, however many backups there
   * are: it is among those that were committed last or have the newest ids, though a run that went
   * on has an older id, and a repaired backup is of an older instant.
   */
  public Optional<Summary> newest() {
    Collection<ObjectInfo> manifests = unburied().values();
    Set<ObjectInfo> likely = new LinkedHashSet<>();
    manifests.stream()
        .sorted(Comparator.comparing(ObjectInfo::modified).reversed())
        .limit(MOST_LIKELY)
        .forEach(likely::add);
    manifests.stream()
        .sorted(Comparator.comparing(ObjectInfo::key).reversed())
        .limit(MOST_LIKELY)
        .forEach(likely::add);
    Optional<Summary> newest = newest(likely);
    return newest.isPresent() ? newest : newest(manifests); // those were fences
  }

  /** What stands in the places of manifests, fences too, but for those of deleted backups. */
  private Map<BackupId, ObjectInfo> unburied() {
    Set<BackupId> buried = buried();
    Map<BackupId, ObjectInfo> manifests = new HashMap<>();
    store.list(
        Layout.manifests(source),
        object ->
            idOfManifest(object)
                .filter(id -> !buried.contains(id))
                .ifPresent(id -> manifests.put(id, object)));
    return manifests;
  }

  private Optional<Summary> newest(Collection<ObjectInfo> manifests) {
    return manifests.stream()
        .flatMap(manifest -> idOfManifest(manifest).flatMap(id -> counting(id, manifest)).stream())
        .max(Comparator.comparing(Summary::snapshotTime).thenComparing(Summary::id));
  }

  /** A fence stands where a manifest would, but has not its size; nor has one of another run. */
  private Optional<Summary> counting(BackupId id, ObjectInfo manifest) {
    return summary(id)
        .filter(summary -> summary.manifestBytes() == manifest.size())
        .or(() -> summaryOfManifest(id));
  }

  /** Reads some at a time, for each is a request that is waited for. */
  private Queue<Summary> summaries(List<BackupId> ids, Map<BackupId, ObjectInfo> manifests) {
    Queue<Summary> summaries = new ConcurrentLinkedQueue<>();
    Consumer<BackupId> read =
        id -> counting(id, requireNonNull(manifests.get(id))).ifPresent(summaries::add);
    if (ids.size() < FEW) {
      ids.forEach(read);
    } else {
      Workers.share(READERS, ids, read);
    }
    return summaries;
  }

  /** From the manifest itself; empty for a fence. */
  private Optional<Summary> summaryOfManifest(BackupId id) {
    String key = Layout.manifest(source, id);
    Optional<StoredObject> object = store.get(key);
    try {
      if (object.isEmpty() || Boolean.TRUE.equals(parse(object.get(), key, Format.class).fence())) {
        return Optional.empty();
      }
      return Optional.of(
          Summary.of(parse(object.get(), key, Manifest.class), object.get().content()));
    } catch (DamageFoundException e) {
      return Optional.empty(); // verify says so; one damaged backup must not hide the others
    }
  }

  private static String lastSegment(ObjectInfo object) {
    return object.key().substring(object.key().lastIndexOf('/') + 1);
  }

  private Optional<Summary> summary(BackupId id) {
    String key = Layout.summary(source, id);
    Optional<StoredObject> object = store.get(key);
    if (object.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.read(object.get().content(), Summary.class));
    } catch (IOException e) {
      return Optional.empty(); // all that it says, the manifest says too
    }
  }

  /** What is wrong with the summary of a backup that has a manifest. */
  public Optional<String> faultOfSummary(BackupId id) {
    if (summary(id).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        store.get(Layout.summary(source, id)).isEmpty()
            ? "it is missing from the store"
            : "it is not JSON of the expected form");
  }

  /** For messages. */
  public String keyOfManifest(BackupId id) {
    return Layout.manifest(source, id);
  }

  /** For messages. */
  public String keyOfSummary(BackupId id) {
    return Layout.summary(source, id);
  }

  /**
   * Finds a backup that counts.
   *
   * @param which an id, {@code latest}, or a time (ISO 8601): the latest whose snapshot is not
   *     after it
   * @throws InvalidRequestException if there is none
   */
  public BackupId resolve(String which) {
    Optional<BackupId> id = BackupId.parse(which);
    if (id.isPresent()) {
      if (store.get(Layout.tombstone(source, id.get())).isPresent()) {
        throw noBackup(which, "it was deleted");
      }
      return id.get();
    }
    Instant until = which.equals("latest") ? Instant.MAX : PointInTime.parse(which);
    return backups().stream()
        .filter(backup -> !backup.snapshotTime().truncatedTo(ChronoUnit.SECONDS).isAfter(until))
        .map(Summary::id)
        .reduce((earlier, later) -> later)
        .orElseThrow(() -> noBackup(which, "there is none"));
  }

  private InvalidRequestException noBackup(String which, String reason) {
    return new InvalidRequestException(
        "find the backup", which + " of " + location(), reason, "varve list shows what is there.");
  }

  /** Whether a backup has a tombstone: whoever uses it pins it first, then asks this. */
  public boolean isBuried(BackupId id) {
    return store.get(Layout.tombstone(source, id)).isPresent();
  }

  /**
   * Reads a manifest, and refuses one that is not what its run wrote.
   *
   * @throws InvalidRequestException if there is none, or one of a newer format
   * @throws DamageFoundException if it was altered, is not JSON, or names what is not this source's
   */
  public Manifest manifest(BackupId id) {
    String key = Layout.manifest(source, id);
    StoredObject object =
        store.get(key).orElseThrow(() -> noBackup(id.value(), "it has no manifest"));
    Format format = parse(object, key, Format.class);
    Repository.requireKnownFormat(format.format(), key, store);
    if (Boolean.TRUE.equals(format.fence())) {
      throw noBackup(id.value(), "its run ended without a commit");
    }
    Manifest manifest = parse(object, key, Manifest.class);
    String sha256 = HexFormat.of().formatHex(Sha256.of(object.content()));
    summary(id)
        .filter(summary -> summary.runId().equals(manifest.runId()))
        .filter(summary -> !summary.manifestSha256().equals(sha256))
        .ifPresent(
            summary -> {
              throw damaged(key, "it is not the one that the backup wrote: its summary differs");
            });
    ManifestRules.require(manifest, id, source, key + " in " + store.location());
    return manifest;
  }

  /** What every version of a manifest, and a fence, begin with. */
  private record Format(int format, @Nullable Boolean fence) {}

  private <T> T parse(StoredObject object, String key, Class<T> type) {
    try {
      return Json.read(object.content(), type);
    } catch (IOException e) {
      throw new DamageFoundException(
          "read",
          key + " in " + store.location(),
          "it is not JSON of the expected form",
          SEE_OTHERS,
          e);
    }
  }

  private DamageFoundException damaged(String key, String reason) {
    return new DamageFoundException("read", key + " in " + store.location(), reason, SEE_OTHERS);
  }
}
