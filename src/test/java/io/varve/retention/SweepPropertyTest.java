package io.varve.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.Progress;
import io.varve.repository.BackupId;
import io.varve.repository.Job;
import io.varve.repository.PartEntry;
import io.varve.repository.SourceRepository;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** What a prune takes away and leaves of any repository, against a model of sets. */
class SweepPropertyTest {

  private static final int HOURS_UNTIL_DEATH = 24;

  /** What is known of a backup. */
  private static final class Model {
    final BackupId id;
    final int hour;
    final Set<String> own = new TreeSet<>();
    final Set<String> named = new TreeSet<>();
    boolean committed;
    boolean buried;
    boolean held;
    boolean jobEnded;
    @Nullable Model pinned;

    Model(BackupId id, int hour) {
      this.id = id;
      this.hour = hour;
    }

    boolean counts() {
      return committed && !buried;
    }
  }

  @Property(tries = 100)
  void whatIsNeededStaysAndAllElseGoes(@ForAll long seed) {
    new World().check(seed);
  }

  /** A repository, and what is known of it. */
  private static final class World {

    private final StoreStates.Alone store = new StoreStates.Alone(StoreStates.START);
    private final List<Model> backups = new ArrayList<>();
    private final TreeMap<Integer, Model> restores = new TreeMap<>(); // by hour
    private int hour;

    void check(long seed) {
      Random random = new Random(seed);
      int runs = 2 + random.nextInt(30);
      for (int i = 0; i < runs; i++) {
        begin(random);
        store.pass(Duration.ofHours(1));
        hour++;
      }
      int keep = 1 + random.nextInt(6);
      new Prune(source(), Progress.SILENT, clock())
          .run(new RetentionPolicy(keep, 0, 0, 0, 0, 0, Optional.empty(), Set.of()));
      Set<String> before = new TreeSet<>(keysBelow("parts/"));
      assertThat(before).isEqualTo(partsThatStay(keep));
      assertThat(manifestsThatCount()).isEqualTo(idsThatStay(keep));
      new Prune(source(), Progress.SILENT, clock())
          .run(new RetentionPolicy(keep, 0, 0, 0, 0, 0, Optional.empty(), Set.of()));
      assertThat(keysBelow("parts/")).as("after another prune").isEqualTo(before);
    }

    /** A backup that ends in some way, and perhaps a restore that goes on or has ended. */
    private void begin(Random random) {
      Model backup =
          new Model(
              new BackupId(now().toString().replaceAll("[-:]", "") + "-incremental-bbbb"), hour);
      List<Model> parents = backups.stream().filter(Model::counts).toList();
      Model parent = parents.isEmpty() ? null : parents.get(random.nextInt(parents.size()));
      Job job = Job.ofBackup(source(), clock());
      job.makes(backup.id, parent == null ? null : parent.id);
      backup.pinned = parent;
      if (parent != null) {
        parent.named.stream().filter(part -> random.nextBoolean()).forEach(backup.named::add);
      }
      for (int i = random.nextInt(4); i > 0; i--) {
        PartEntry part = PlainBackups.part(backup.id, String.valueOf(i));
        PlainBackups.put(store, part);
        backup.own.add(part.key());
        if (random.nextInt(4) > 0) {
          backup.named.add(part.key());
        }
      }
      switch (random.nextInt(8)) {
        case 0 -> {} // it is at work, or was killed
        case 1 -> {
          job.failed(new IllegalStateException("the test says so"));
          backup.jobEnded = true;
        }
        default -> {
          List<PartEntry> parts = backup.named.stream().map(SweepPropertyTest::entry).toList();
          PlainBackups.commit(source(), backup.id, job.id(), parts);
          backup.committed = true;
          backup.jobEnded = random.nextInt(5) > 0;
          if (backup.jobEnded) {
            job.done();
          }
        }
      }
      backups.add(backup);
      if (backup.committed && random.nextInt(6) == 0) {
        source().hold(backup.id);
        backup.held = true;
      }
      List<Model> usable = backups.stream().filter(Model::counts).toList();
      if (!usable.isEmpty() && random.nextInt(5) == 0) {
        Model used = usable.get(random.nextInt(usable.size()));
        Job restore = Job.using(source(), "restore", used.id, clock());
        if (random.nextBoolean()) {
          restore.done();
        } else {
          restores.put(hour, used);
        }
      }
      if (!usable.isEmpty() && random.nextInt(6) == 0) {
        Model gone = usable.get(random.nextInt(usable.size()));
        if (!gone.held) { // a prune that was killed after its tombstone
          source().bury(gone.id, "a killed prune");
          gone.buried = true;
        }
      }
    }

    private boolean lives(int since) {
      return hour - since <= HOURS_UNTIL_DEATH;
    }

    private Set<BackupId> idsThatStay(int keep) {
      Set<BackupId> stay = new TreeSet<>();
      List<Model> counting = backups.stream().filter(Model::counts).toList();
      counting.stream()
          .skip(Math.max(0, counting.size() - keep))
          .forEach(backup -> stay.add(backup.id));
      counting.stream().filter(backup -> backup.held).forEach(backup -> stay.add(backup.id));
      return stay;
    }

    private Set<String> partsThatStay(int keep) {
      Set<BackupId> stay = idsThatStay(keep);
      Set<Model> pinned = new HashSet<>();
      restores.forEach(
          (since, used) -> {
            if (lives(since)) {
              pinned.add(used);
            }
          });
      Set<String> parts = new TreeSet<>();
      for (Model backup : backups) {
        boolean isAtWork = !backup.jobEnded && lives(backup.hour);
        if (isAtWork && backup.pinned != null) {
          pinned.add(backup.pinned);
        }
        if (isAtWork && !backup.committed) {
          parts.addAll(backup.own); // in the folder of an open id
        }
      }
      for (Model backup : backups) {
        if (backup.committed && (stay.contains(backup.id) || pinned.contains(backup))) {
          parts.addAll(backup.named);
        }
      }
      return parts;
    }

    private Set<BackupId> manifestsThatCount() {
      Set<BackupId> count = new TreeSet<>();
      source().backups().forEach(backup -> count.add(backup.id()));
      return count;
    }

    private Set<String> keysBelow(String prefix) {
      Set<String> keys = new TreeSet<>();
      store.list(PlainBackups.SOURCE + "/" + prefix, object -> keys.add(object.key()));
      return keys;
    }

    private Instant now() {
      return StoreStates.START.plus(Duration.ofHours(hour));
    }

    private Clock clock() {
      return Clock.fixed(now(), ZoneOffset.UTC);
    }

    private SourceRepository source() {
      return PlainBackups.source(store, clock());
    }
  }

  private static PartEntry entry(String key) {
    BackupId id = BackupId.parse(key.split("/", -1)[2]).orElseThrow();
    return PlainBackups.part(id, key.replaceAll(".*/0-(.).*", "$1"));
  }
}
