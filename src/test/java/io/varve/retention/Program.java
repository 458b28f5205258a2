package io.varve.retention;

import io.varve.VarveException;
import io.varve.retention.StoreStates.Answer;
import io.varve.retention.StoreStates.Call;
import io.varve.retention.StoreStates.Stored;
import io.varve.store.ObjectInfo;
import io.varve.store.ObjectStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What one run of product code does with a store: which call it makes next after which answers. A
 * tree, each of whose nodes was found by running that code, from its beginning, on those answers.
 * The code must do the same on the same answers, in one thread. Not thread-safe.
 */
final class Program {

  /** Product code. */
  interface Work {
    /**
     * Runs to its end.
     *
     * @param steps told at some moments all that the run goes by from there on: nothing else that
     *     it was answered before matters then
     * @return how it ended
     */
    String run(ObjectStore store, Consumer<Object> steps);
  }

  /** Which calls need not wait: those that no other run can notice, or always answered alike. */
  interface OwnBusiness {
    /**
     * @param step how many steps the run has told of
     */
    boolean includes(Call call, int step);
  }

  private static final Pattern HASH = Pattern.compile("(\"manifestSha256\" *: *\")[0-9a-f]{64}");

  private static final class Abandoned extends Error {
    private static final long serialVersionUID = 1;

    Abandoned() {
      super("abandoned", null, false, false);
    }
  }

  /**
   * Where a run stands.
   *
   * @param parent where it stood before the answer; -1 if this is the beginning
   * @param call the one that it waits to make; -1 if it has ended
   * @param said how it ended, or the step that it is in, if that is a text
   */
  private record Node(int parent, int answer, int call, boolean isOwnBusiness, String said) {}

  private final String name;
  private final StoreStates states;
  private final OwnBusiness ownBusiness;
  private final Work work;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Integer> alike = new HashMap<>();
  private final StoreStates.LongMap children = new StoreStates.LongMap();

  Program(String name, StoreStates states, OwnBusiness ownBusiness, Work work) {
    this.name = name;
    this.states = states;
    this.ownBusiness = ownBusiness;
    this.work = work;
    add(-1, -1);
  }

  String name() {
    return name;
  }

  /** Where it begins. */
  int begin() {
    return 0;
  }

  /** The call that it waits to make; -1 if it has ended. */
  int call(int node) {
    return nodes.get(node).call();
  }

  /** Whether the call that it waits to make need not wait. */
  boolean isOwnBusiness(int node) {
    return nodes.get(node).isOwnBusiness();
  }

  /** How it ended, or the step that it is in, if that is a text. */
  String said(int node) {
    return nodes.get(node).said();
  }

  /** Where it stands after the answer to its call. */
  int after(int node, int answer) {
    long question = (long) node << 32 | answer;
    long known = children.get(question);
    if (known < 0) {
      known = add(node, answer);
      children.put(question, known);
    }
    return (int) known;
  }

  private int add(int parent, int answer) {
    List<Answer> script = new ArrayList<>();
    if (parent >= 0) {
      script.add(states.answers.get(answer));
      for (int at = parent; nodes.get(at).parent() >= 0; at = nodes.get(at).parent()) {
        script.add(states.answers.get(nodes.get(at).answer()));
      }
      Collections.reverse(script);
    }
    Scripted store = new Scripted(script);
    String said = "";
    int call = -1;
    boolean isOwn = false;
    try {
      said = work.run(store, store::step);
    } catch (Abandoned e) {
      // it waits for the answer to its next call
    } catch (VarveException e) {
      boolean mayFail =
          script.stream().anyMatch(a -> a instanceof Answer.Lost || a instanceof Answer.Refused);
      said = mayFail ? "failed" : "UNEXPECTED " + e;
    } catch (RuntimeException | Error e) {
      said = "UNEXPECTED " + e;
    }
    if (store.next != null) {
      call = states.calls.of(store.next);
      isOwn = ownBusiness.includes(store.next, store.steps);
      said = store.said;
    }
    String step = call < 0 ? "ended " + said : store.steps + " " + store.step;
    if (call < 0 || store.atStep == script.size()) {
      Integer known = alike.putIfAbsent(step, nodes.size());
      if (known != null) {
        return known;
      }
    }
    nodes.add(new Node(parent, answer, call, isOwn, said));
    return nodes.size() - 1;
  }

  /**
   * Answers from a script up to where the script ends. What the run makes up by chance gets the
   * same name each time.
   */
  private final class Scripted extends StoreStates.Caller {
    private final List<Answer> script;
    private int at;
    private @Nullable Call next;
    private int atStep = -1;
    private int steps;
    private String step = "";
    private String said = "";
    private @Nullable String job;

    Scripted(List<Answer> script) {
      this.script = script;
    }

    void step(Object known) {
      if (next == null) {
        atStep = at;
        steps++;
        step = named(known.toString());
        said = known instanceof String text ? text : "";
      }
    }

    @Override
    Answer answer(Call call) {
      if (next != null) {
        throw new Abandoned();
      }
      if (job == null && call.writes() && call.key().contains("/jobs/")) {
        job = call.key().split("/", -1)[2];
      }
      Call named = named(call);
      if (at == script.size()) {
        next = named;
        throw new Abandoned();
      }
      return unnamed(script.get(at++));
    }

    // of the same length and form as the product's own
    private String canonical(String id) {
      return id.substring(0, id.length() - 6) + "------".substring(name.length()) + name;
    }

    private Call named(Call call) {
      return new Call(call.kind(), named(call.key()), named(call.content()), call.version());
    }

    private String named(String text) {
      String given = job == null ? text : text.replace(job, canonical(job));
      // it is of a text with the name made up, and nobody here compares it
      return HASH.matcher(given).replaceAll("$1" + "0".repeat(64));
    }

    private String unnamed(String text) {
      return job == null ? text : text.replace(canonical(job), job);
    }

    private Answer unnamed(Answer answer) {
      return switch (answer) {
        case Answer.Found(Optional<Stored> object) ->
            new Answer.Found(
                object.map(
                    stored ->
                        new Stored(
                            unnamed(stored.content()), stored.version(), stored.modified())));
        case Answer.Listed(List<ObjectInfo> objects) ->
            new Answer.Listed(
                objects.stream()
                    .map(
                        object ->
                            new ObjectInfo(unnamed(object.key()), object.size(), object.modified()))
                    .toList());
        default -> answer;
      };
    }
  }
}
