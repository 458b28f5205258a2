package io.varve.repository;

import io.varve.CommitStateUnknownException;
import io.varve.DamageFoundException;
import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.codec.EncodedPart;
import io.varve.codec.RowChecksum;
import io.varve.mysql.TableDefinition;
import io.varve.store.Content;
import io.varve.store.ObjectInfo;
import io.varve.store.ObjectStore;
import io.varve.store.PutOutcome;
import io.varve.store.Sha256;
import io.varve.store.StoredObject;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one source has in a repository. Every object is written once; a backup exists from the
 * moment its manifest is put, and counts while it has no tombstone. Thread-safe.
 */
public final class SourceRepository {

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
  public byte[] readPart(PartEntry part) {
    StoredObject object =
        store.get(part.key()).orElseThrow(() -> damaged(part, "it is missing from the store"));
    if (object.content().length != part.storedBytes()) {
      throw damaged(
          part,
          "it has "
              + object.content().length
              + " bytes where the manifest says "
              + part.storedBytes());
    }
    if (!HexFormat.of().formatHex(Sha256.of(object.content())).equals(part.sha256())) {
      throw damaged(part, "its SHA-256 is not the manifest's: it was altered or swapped");
    }
    return object.content();
  }

  private DamageFoundException damaged(PartEntry part, String reason) {
    return new DamageFoundException(
        "use the part",
        part.key() + " in " + store.location(),
        reason,
        "Take another backup (varve list shows them), or run varve verify to see what else is"
            + " hit.");
  }

  /** Sizes of all objects below parts/, by key; of one run only if its id is given. */
  public Map<String, Long> partSizes(Optional<BackupId> run) {
    Map<String, Long> sizes = new HashMap<>();
    String prefix = Layout.parts(source) + run.map(id -> id + "/").orElse("");
    store.list(prefix, object -> sizes.put(object.key(), object.size()));
    return sizes;
  }

  /** Puts a piece of a job's record. */
  public void record(JobEntry entry, int piece) {
    store.create(Layout.job(source, entry.job(), piece), Content.of(Json.write(entry)));
  }

  /**
   * Makes the backup exist: puts the summary, then the manifest.
   *
   * @throws CommitStateUnknownException if the answer was lost and could not be read back
   * @throws RetryLaterException if the run was fenced: somebody took it for dead
   */
  public void commit(Manifest manifest) {
    byte[] json = Json.write(manifest);
    Summary summary =
        new Summary(
            Repository.FORMAT,
            manifest.id(),
            manifest.kind(),
            manifest.runId(),
            source,
            manifest.server(),
            manifest.snapshotTime(),
            manifest.totals(),
            json.length,
            HexFormat.of().formatHex(Sha256.of(json)));
    store.create(Layout.summary(source, manifest.id()), Content.of(Json.write(summary)));
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

  /** Ends a run without a commit: from here on none can come, so that what it left can be swept. */
  public void fence(BackupId id, String runId, Instant now) {
    Fence fence = new Fence(Repository.FORMAT, id, true, runId, now);
    store.create(Layout.manifest(source, id), Content.of(Json.write(fence)));
  }

  /** The backups that count, oldest first. Two listings and one request for each. */
  public List<Summary> backups() {
    Set<String> buried = new HashSet<>();
    store.list(Layout.tombstones(source), object -> buried.add(lastSegment(object)));
    List<ObjectInfo> manifests = new ArrayList<>();
    store.list(Layout.manifests(source), manifests::add);
    List<Summary> backups = new ArrayList<>();
    for (ObjectInfo manifest : manifests) {
      BackupId id = BackupId.parse(lastSegment(manifest).replaceFirst("\\.json$", "")).orElse(null);
      if (id == null || buried.contains(id.value())) {
        continue;
      }
      // a fence stands where a manifest would, but has not its size
      summary(id).filter(s -> s.manifestBytes() == manifest.size()).ifPresent(backups::add);
    }
    backups.sort(Comparator.comparing(Summary::id));
    return backups;
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
    return Optional.of(parse(object.get(), key, Summary.class));
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
    ManifestRules.require(manifest, id, source, key + " in " + store.location());
    String sha256 = HexFormat.of().formatHex(Sha256.of(object.content()));
    summary(id)
        .filter(summary -> !summary.manifestSha256().equals(sha256))
        .ifPresent(
            summary -> {
              throw damaged(key, "it is not the one that the backup wrote: its summary differs");
            });
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
