package io.varve.retention;

import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All states that a store of small objects comes into, each a number, and what each call makes of
 * each. A call that was made in a state before costs a look into a table. Not thread-safe.
 */
final class StoreStates {

  static final Instant START = Instant.parse("2026-11-20T12:00:00Z");

  enum Kind {
    CREATE,
    REPLACE,
    GET,
    LIST,
    DELETE
  }

  /** The content is empty for those that put nothing, the version for all but {@code REPLACE}. */
  record Call(Kind kind, String key, String content, String version) {

    boolean writes() {
      return kind == Kind.CREATE || kind == Kind.REPLACE || kind == Kind.DELETE;
    }

    @Override
    public String toString() {
      return kind + " " + key;
    }
  }

  /** What a call can be answered with. */
  sealed interface Answer {

    record Put(PutOutcome outcome) implements Answer {}

    record Found(Optional<Stored> object) implements Answer {}

    record Listed(List<ObjectInfo> objects) implements Answer {}

    record Deleted() implements Answer {}

    /** None came, although the call took its effect. */
    record Lost() implements Answer {}

    /** The store says no, and nothing happened. */
    record Refused() implements Answer {}
  }

  record Stored(String content, int version, Instant modified) {}

  /** What a call led to. */
  record Effect(int state, int answer) {}

  // A state is the values of all keys, in the order in which the keys came up: the number of what
  // is stored there, 0 for nothing; and before them the hours since START.
  private final Numbered<List<Integer>> states = new Numbered<>();
  private final Numbered<String> keys = new Numbered<>();
  private final Numbered<Stored> values = new Numbered<>();
  private final TreeMap<String, Integer> sorted = new TreeMap<>();
  final Numbered<Call> calls = new Numbered<>();
  final Numbered<Answer> answers = new Numbered<>();
  private final LongMap effects = new LongMap();

  StoreStates() {
    values.of(new Stored("", 0, START)); // the 0 of nothing
  }

  /** The store without any objects. */
  int empty() {
    return states.of(List.of(0));
  }

  int after(int state, Duration time) {
    List<Integer> slots = new ArrayList<>(states.get(state));
    slots.set(0, slots.getFirst() + (int) time.toHours());
    return states.of(slots);
  }

  private Instant now(int state) {
    return START.plus(Duration.ofHours(states.get(state).getFirst()));
  }

  Optional<Stored> object(int state, String key) {
    return object(states.get(state), slot(key));
  }

  private Optional<Stored> object(List<Integer> slots, int slot) {
    int value = slot < slots.size() ? slots.get(slot) : 0;
    return value == 0 ? Optional.empty() : Optional.of(values.get(value));
  }

  private int slot(String key) {
    int slot = keys.of(key) + 1;
    sorted.put(key, slot);
    return slot;
  }

  private SortedMap<String, Stored> below(int state, String prefix) {
    List<Integer> slots = states.get(state);
    SortedMap<String, Stored> found = new TreeMap<>();
    for (Map.Entry<String, Integer> key : sorted.tailMap(prefix).entrySet()) {
      if (!key.getKey().startsWith(prefix)) {
        break;
      }
      object(slots, key.getValue()).ifPresent(stored -> found.put(key.getKey(), stored));
    }
    return found;
  }

  private int with(int state, String key, int value) {
    int slot = slot(key);
    List<Integer> slots = new ArrayList<>(states.get(state));
    while (slots.size() <= slot) {
      slots.add(0);
    }
    slots.set(slot, value);
    while (slots.getLast() == 0 && slots.size() > 1) {
      slots.removeLast();
    }
    return states.of(slots);
  }

  /** Makes a call. */
  Effect effect(int state, int call) {
    long question = (long) state << 32 | call;
    long known = effects.get(question);
    if (known < 0) {
      Effect made = made(state, calls.get(call));
      known = (long) made.state() << 32 | made.answer();
      effects.put(question, known);
    }
    return new Effect((int) (known >>> 32), (int) known);
  }

  private Effect made(int state, Call call) {
    Optional<Stored> there = object(state, call.key());
    return switch (call.kind()) {
      case GET -> new Effect(state, answers.of(new Answer.Found(there)));
      case LIST ->
          new Effect(
              state, answers.of(new Answer.Listed(listed(below(state, call.key()), call.key()))));
      case DELETE -> new Effect(with(state, call.key(), 0), answers.of(new Answer.Deleted()));
      case CREATE ->
          put(
              there.isPresent() ? state : stored(state, call, 1),
              outcome(there.orElse(null), call));
      case REPLACE ->
          there
              .filter(stored -> call.version().equals(String.valueOf(stored.version())))
              .map(stored -> put(stored(state, call, stored.version() + 1), PutOutcome.CREATED))
              .orElseGet(() -> put(state, PutOutcome.OTHER));
    };
  }

  private Effect put(int state, PutOutcome outcome) {
    return new Effect(state, answers.of(new Answer.Put(outcome)));
  }

  private int stored(int state, Call call, int version) {
    return with(state, call.key(), values.of(new Stored(call.content(), version, now(state))));
  }

  /** Things, each with a number: from 0, in the order in which they came up. */
  static final class Numbered<T> {
    private final Map<T, Integer> numbers = new HashMap<>();
    private final List<T> things = new ArrayList<>();

    int of(T thing) {
      Integer known = numbers.putIfAbsent(thing, things.size());
      if (known != null) {
        return known;
      }
      things.add(thing);
      return things.size() - 1;
    }

    T get(int number) {
      return things.get(number);
    }
  }

  /** From numbers to numbers that are not negative. */
  static final class LongMap {
    private long[] slots = new long[1 << 12];
    int size;

    /** -1 if there is none. */
    long get(long key) {
      int at = slot(slots, key);
      return slots[at] == 0 ? -1 : slots[at + 1];
    }

    void put(long key, long value) {
      if (size++ > slots.length / 4) {
        long[] larger = new long[2 * slots.length];
        for (int i = 0; i < slots.length; i += 2) {
          if (slots[i] != 0) {
            int at = slot(larger, slots[i] - 1);
            larger[at] = slots[i];
            larger[at + 1] = slots[i + 1];
          }
        }
        slots = larger;
      }
      int at = slot(slots, key);
      slots[at] = key + 1;
      slots[at + 1] = value;
    }

    private static int slot(long[] slots, long key) {
      int at = 2 * (int) ((key * 0x9E3779B97F4A7C15L >>> 32) & (slots.length / 2 - 1));
      while (slots[at] != 0 && slots[at] != key + 1) {
        at = at + 2 & slots.length - 1;
      }
      return at;
    }
  }

  /** The store to product code: passes calls on, and answers in its types. */
  abstract static class Caller implements ObjectStore {

    abstract Answer answer(Call call);

    private Answer call(Kind kind, String key, String content, String version) {
      Answer answer = answer(new Call(kind, key, content, version));
      if (answer instanceof Answer.Lost) {
        throw new RetryLaterException(kind.name(), key, "the answer was lost", "Try again.");
      }
      if (answer instanceof Answer.Refused) {
        throw new InvalidRequestException(kind.name(), key, "it was refused", "Ask to be let.");
      }
      return answer;
    }

    @Override
    public String location() {
      return "memory:";
    }

    @Override
    public PutOutcome create(String key, Content content) {
      return ((Answer.Put) call(Kind.CREATE, key, text(content), "")).outcome();
    }

    @Override
    public PutOutcome replace(String key, Content content, String version) {
      return ((Answer.Put) call(Kind.REPLACE, key, text(content), version)).outcome();
    }

    @Override
    public Optional<StoredObject> get(String key) {
      return ((Answer.Found) call(Kind.GET, key, "", ""))
          .object()
          .map(
              stored ->
                  new StoredObject(
                      stored.content().getBytes(StandardCharsets.UTF_8),
                      String.valueOf(stored.version())));
    }

    @Override
    public void list(String prefix, Consumer<ObjectInfo> each) {
      ((Answer.Listed) call(Kind.LIST, prefix, "", "")).objects().forEach(each);
    }

    @Override
    public List<String> folders(String prefix) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void delete(String key) {
      call(Kind.DELETE, key, "", "");
    }

    @Override
    public void close() {}

    private static String text(Content content) {
      try (var in = content.open()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The state that a store is in which was filled by itself. */
  int of(Alone store) {
    int state = empty();
    for (Map.Entry<String, Stored> object : store.objects.entrySet()) {
      state = with(state, object.getKey(), values.of(object.getValue()));
    }
    return state;
  }

  /** A store in this state, which leaves no trace here. */
  Alone alone(int state) {
    Alone alone = new Alone(now(state));
    List<Integer> slots = states.get(state);
    for (int slot = 1; slot < slots.size(); slot++) {
      if (slots.get(slot) != 0) {
        alone.objects.put(keys.get(slot - 1), values.get(slots.get(slot)));
      }
    }
    return alone;
  }

  /** A store by itself, with one caller. */
  static final class Alone extends Caller {
    final TreeMap<String, Stored> objects = new TreeMap<>();
    private Instant now;

    Alone(Instant now) {
      this.now = now;
    }

    void pass(Duration time) {
      now = now.plus(time);
    }

    /** Whether an object whose key contains this was put since time passed. */
    boolean isFresh(String name) {
      return objects.entrySet().stream()
          .anyMatch(
              object -> object.getKey().contains(name) && object.getValue().modified().equals(now));
    }

    @Override
    Answer answer(Call call) {
      String key = call.key();
      @Nullable Stored there = objects.get(key);
      return switch (call.kind()) {
        case GET -> new Answer.Found(Optional.ofNullable(there));
        case LIST -> new Answer.Listed(listed(objects, key));
        case DELETE -> {
          objects.remove(key);
          yield new Answer.Deleted();
        }
        case CREATE -> {
          if (there == null) {
            objects.put(key, new Stored(call.content(), 1, now));
          }
          yield new Answer.Put(outcome(there, call));
        }
        case REPLACE -> throw new UnsupportedOperationException();
      };
    }
  }

  private static PutOutcome outcome(@Nullable Stored there, Call call) {
    if (there == null) {
      return PutOutcome.CREATED;
    }
    return there.content().equals(call.content()) ? PutOutcome.SAME : PutOutcome.OTHER;
  }

  private static List<ObjectInfo> listed(SortedMap<String, Stored> objects, String prefix) {
    return objects.tailMap(prefix).entrySet().stream()
        .takeWhile(object -> object.getKey().startsWith(prefix))
        .map(
            object ->
                new ObjectInfo(
                    object.getKey(),
                    object.getValue().content().length(),
                    object.getValue().modified()))
        .toList();
  }
}
