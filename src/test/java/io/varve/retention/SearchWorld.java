package io.varve.retention;

import io.varve.repository.BackupId;
import io.varve.store.Content;
import io.varve.store.ObjectInfo;
import io.varve.store.ObjectStore;
import io.varve.store.PutOutcome;
import io.varve.store.StoredObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Objects in memory with a clock of their own, and actors who call it: each call of one waits until
 * it is let through, so that all orders of calls can be tried. A call that is never let through is
 * a stall, or a crash.
 */
final class SearchWorld {

  static final Instant START = Instant.parse("2026-11-20T12:00:00Z");

  private record Stored(byte[] content, int version, Instant modified) {}

  private static final class Abandoned extends Error {
    private static final long serialVersionUID = 1;

    Abandoned() {
      super("abandoned", null, false, false);
    }
  }

  private final SortedMap<String, Stored> objects = new TreeMap<>();
  private final Map<String, String> jobs = new TreeMap<>();
  private Instant now = START;

  void pass(Duration time) {
    now = now.plus(time);
  }

  SearchWorld copy() {
    SearchWorld copy = new SearchWorld();
    copy.objects.putAll(objects);
    copy.now = now;
    return copy;
  }

  boolean has(String key) {
    return objects.containsKey(key);
  }

  List<String> keys(String prefix) {
    return objects.tailMap(prefix).keySet().stream()
        .takeWhile(key -> key.startsWith(prefix))
        .toList();
  }

  String text(String key) {
    Stored stored = objects.get(key);
    return stored == null ? "" : new String(stored.content(), StandardCharsets.UTF_8);
  }

  /** What is there, with the names that runs gave themselves by chance replaced. */
  int fingerprint() {
    int hash = Long.hashCode(Duration.between(START, now).toHours());
    for (Map.Entry<String, Stored> object : objects.entrySet()) {
      if (object.getKey().equals("varve.json")) {
        continue; // it has a random id
      }
      boolean isOld = object.getValue().modified().plusSeconds(86_400).isBefore(now);
      hash =
          31 * hash
              + named(object.getKey(), jobs).hashCode()
              + 7 * named(text(object.getKey()), jobs).hashCode()
              + (isOld ? 1 : 0);
    }
    return hash;
  }

  static String named(String text, Map<String, String> names) {
    String result = text;
    for (Map.Entry<String, String> name : names.entrySet()) {
      result = result.replace(name.getKey(), name.getValue());
    }
    return result;
  }

  /** The store without anybody waiting. */
  Store direct() {
    return new Store(null);
  }

  /** Somebody who works on the store in a thread of its own, one call at a time. */
  final class Actor {
    private final String name;
    private final Semaphore mayGo = new Semaphore(0);
    private final Semaphore waits = new Semaphore(0);
    private final Predicate<String> isPoint;
    private volatile boolean ended;
    private volatile boolean abandoned;
    private volatile @Nullable Throwable failure;
    private final Thread thread;
    private volatile String next = "";
    private int seen;
    private @Nullable String job;

    Actor(String name, Predicate<String> isPoint, Consumer<Actor> work) {
      this.name = name;
      this.isPoint = isPoint;
      thread =
          Thread.ofVirtual()
              .unstarted(
                  () -> {
                    try {
                      point("begin");
                      work.accept(this);
                    } catch (Abandoned e) {
                      // it stalls for ever
                    } catch (RuntimeException | Error e) {
                      failure = e;
                    } finally {
                      ended = true;
                      waits.release();
                    }
                  });
      thread.start();
      waits.acquireUninterruptibly();
    }

    String name() {
      return name;
    }

    boolean isEnded() {
      return ended;
    }

    @Nullable Throwable failure() {
      return failure;
    }

    Store store() {
      return new Store(this);
    }

    /** Lets one call through, up to where the next one waits. */
    void step() {
      mayGo.release();
      waits.acquireUninterruptibly();
    }

    void abandon() {
      if (!ended) {
        abandoned = true;
        mayGo.release(1_000);
        waits.acquireUninterruptibly();
      }
    }

    /** The call that waits to be let through. */
    String next() {
      return next;
    }

    private void point(String call) {
      next = call;
      if (abandoned) {
        throw new Abandoned();
      }
      waits.release();
      mayGo.acquireUninterruptibly();
      if (abandoned) {
        throw new Abandoned();
      }
    }

    private <T> T saw(T answer, Map<String, String> names) {
      seen = 31 * seen + named(String.valueOf(answer), names).hashCode();
      return answer;
    }

    /** All that it has been told so far: where it is, as it does the same each time. */
    int fingerprint() {
      return 31 * (31 * seen + named(next, jobs).hashCode()) + (ended ? 1 : 0);
    }
  }

  /** The store, as one actor calls it. */
  class Store implements ObjectStore {
    private final @Nullable Actor actor;

    Store(@Nullable Actor actor) {
      this.actor = actor;
    }

    private void call(String what) {
      if (actor != null && (actor.abandoned || actor.isPoint.test(what))) {
        actor.point(what);
      }
    }

    private <T> T answer(T answer) {
      return actor == null ? answer : actor.saw(answer, jobs);
    }

    @Override
    public String location() {
      return "memory:";
    }

    @Override
    public PutOutcome create(String key, Content content) {
      if (actor != null && actor.job == null && key.contains("/jobs/")) {
        actor.job = key.split("/", -1)[2];
        jobs.put(actor.job, actor.name);
      }
      call("create " + key);
      byte[] bytes = bytes(content);
      Stored there = objects.get(key);
      if (there == null) {
        objects.put(key, new Stored(bytes, 1, now));
        return answer(PutOutcome.CREATED);
      }
      return answer(Arrays.equals(there.content(), bytes) ? PutOutcome.SAME : PutOutcome.OTHER);
    }

    @Override
    public PutOutcome replace(String key, Content content, String version) {
      call("replace " + key);
      Stored there = objects.get(key);
      if (there == null || !String.valueOf(there.version()).equals(version)) {
        return answer(PutOutcome.OTHER);
      }
      objects.put(key, new Stored(bytes(content), there.version() + 1, now));
      return answer(PutOutcome.CREATED);
    }

    @Override
    public Optional<StoredObject> get(String key) {
      call("get " + key);
      Stored there = objects.get(key);
      answer(there == null || key.equals("varve.json") ? "" : text(key));
      return Optional.ofNullable(there)
          .map(stored -> new StoredObject(stored.content(), String.valueOf(stored.version())));
    }

    @Override
    public void list(String prefix, Consumer<ObjectInfo> each) {
      call("list " + prefix);
      List<ObjectInfo> found = new ArrayList<>();
      keys(prefix)
          .forEach(
              key -> {
                Stored stored = objects.get(key);
                if (stored != null) {
                  found.add(new ObjectInfo(key, stored.content().length, stored.modified()));
                }
              });
      answer(found);
      found.forEach(each);
    }

    @Override
    public List<String> folders(String prefix) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void delete(String key) {
      call("delete " + key);
      objects.remove(key);
      answer("deleted");
    }

    @Override
    public void close() {}
  }

  private static byte[] bytes(Content content) {
    try (var in = content.open()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static BackupId id(int hour, String name) {
    return new BackupId(
        "20261120T" + String.format(java.util.Locale.ROOT, "%02d", hour) + "0000Z-" + name);
  }
}
