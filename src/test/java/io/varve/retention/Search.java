package io.varve.retention;

import io.varve.retention.StoreStates.Answer;
import io.varve.retention.StoreStates.Effect;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All orders in which the calls of several runs to one store can happen. Any run may stall for ever
 * at any call, and some time may pass, once, at any moment. Of the answers a few may be lost.
 *
 * <p>What was met before is not gone on from again. It is known by a hash of 64 bits: of a hundred
 * million states, one is missed with a probability of 1 in 4,000.
 */
final class Search {

  /** What is to hold at every moment, for every moment may be the last of all runs. */
  interface Rules {
    /**
     * Looks at a store.
     *
     * @param said by each run, in their order: how it ended, or the step that it is in
     * @return what is wrong
     */
    Optional<String> violation(StoreStates.Alone store, List<String> said);
  }

  /** What is wrong, and the calls that led there. */
  record Found(String violation, List<String> path) {}

  private record Step(@Nullable Step before, String text) {}

  /** Where everybody stands: the store, each run, and what may still go wrong by chance. */
  private record Moment(int[] at, @Nullable Step last) {}

  private final StoreStates states;
  private final int beginning;
  private final List<Program> programs;
  private final Duration time;
  private final int mostTroubles;
  private final Rules rules;
  private final Seen seen = new Seen();
  private final StoreStates.Numbered<List<String>> endings = new StoreStates.Numbered<>();
  private final StoreStates.LongMap judged = new StoreStates.LongMap();

  /**
   * A search, yet to be run.
   *
   * @param beginning the store's state
   * @param time that may pass
   * @param mostTroubles answers that may be lost, and refusals
   */
  Search(
      StoreStates states,
      int beginning,
      List<Program> programs,
      Duration time,
      int mostTroubles,
      Rules rules) {
    this.states = states;
    this.beginning = beginning;
    this.programs = programs;
    this.time = time;
    this.mostTroubles = mostTroubles;
    this.rules = rules;
  }

  /** How many states were met. */
  long size() {
    return seen.size;
  }

  /** Depth first. */
  Optional<Found> run() {
    int runs = programs.size();
    int[] first = new int[runs + 3];
    first[0] = beginning;
    for (int i = 0; i < runs; i++) {
      first[i + 1] = programs.get(i).begin();
      settle(first, i);
    }
    first[runs + 1] = 1;
    first[runs + 2] = mostTroubles;
    Deque<Moment> waiting = new ArrayDeque<>();
    waiting.push(new Moment(first, null));
    seen.add(first);
    while (!waiting.isEmpty()) {
      Moment moment = waiting.pop();
      Optional<String> violation = violation(moment.at());
      if (violation.isPresent()) {
        return Optional.of(new Found(violation.get(), path(moment.last())));
      }
      for (int i = 0; i < runs; i++) {
        int call = programs.get(i).call(moment.at()[i + 1]);
        if (call < 0) {
          continue;
        }
        int[] next = moment.at().clone();
        answered(next, i, call);
        go(waiting, moment, next, i, "");
        if (moment.at()[runs + 2] > 0) {
          if (states.calls.get(call).writes()) {
            go(waiting, moment, troubled(moment, i, call, new Answer.Lost()), i, " (answer lost)");
          }
          go(waiting, moment, troubled(moment, i, -1, new Answer.Refused()), i, " (refused)");
        }
      }
      if (moment.at()[runs + 1] > 0) {
        int[] next = moment.at().clone();
        next[0] = states.after(next[0], time);
        next[runs + 1]--;
        go(waiting, moment, next, -1, "time passes");
      }
    }
    return Optional.empty();
  }

  private void go(Deque<Moment> waiting, Moment before, int[] next, int run, String how) {
    if (seen.add(next)) {
      String text = how;
      if (run >= 0) {
        Program program = programs.get(run);
        text = program.name() + ": " + states.calls.get(program.call(before.at()[run + 1])) + how;
      }
      waiting.push(new Moment(next, new Step(before.last(), text)));
    }
  }

  private void answered(int[] next, int run, int call) {
    Effect effect = states.effect(next[0], call);
    next[0] = effect.state();
    next[run + 1] = programs.get(run).after(next[run + 1], effect.answer());
    settle(next, run);
  }

  private int[] troubled(Moment moment, int run, int call, Answer answer) {
    int[] next = moment.at().clone();
    if (call >= 0) {
      next[0] = states.effect(next[0], call).state();
    }
    next[run + 1] = programs.get(run).after(next[run + 1], states.answers.of(answer));
    next[next.length - 1]--;
    settle(next, run);
    return next;
  }

  /** Up to the next call that others may notice. */
  private void settle(int[] next, int run) {
    Program program = programs.get(run);
    if (program.isOwnBusiness(next[run + 1])) {
      answered(next, run, program.call(next[run + 1]));
    }
  }

  private Optional<String> violation(int[] at) {
    List<String> said = new ArrayList<>();
    for (int i = 0; i < programs.size(); i++) {
      said.add(programs.get(i).said(at[i + 1]));
    }
    long question = (long) at[0] << 32 | endings.of(said);
    if (judged.get(question) >= 0) {
      return Optional.empty();
    }
    judged.put(question, 0);
    return rules.violation(states.alone(at[0]), said);
  }

  private List<String> path(@Nullable Step last) {
    List<String> path = new ArrayList<>();
    for (Step step = last; step != null; step = step.before()) {
      path.addFirst(step.text());
    }
    return path;
  }

  /** Of what was met, hashes. */
  private static final class Seen {
    private long[] slots = new long[1 << 16];
    private int size;

    boolean add(int[] at) {
      long hash = hash(at);
      if (!put(slots, hash)) {
        return false;
      }
      if (++size > slots.length / 2) {
        long[] larger = new long[2 * slots.length];
        Arrays.stream(slots).filter(old -> old != 0).forEach(old -> put(larger, old));
        slots = larger;
      }
      return true;
    }

    private static boolean put(long[] slots, long hash) {
      int at = (int) hash & slots.length - 1;
      while (slots[at] != 0) {
        if (slots[at] == hash) {
          return false;
        }
        at = at + 1 & slots.length - 1;
      }
      slots[at] = hash;
      return true;
    }

    /** Of each number in turn, well mixed (the finalizer of SplitMix64). */
    private static long hash(int[] at) {
      long hash = 1;
      for (int number : at) {
        hash = (hash + number) * 0x9E3779B97F4A7C15L;
        hash = (hash ^ hash >>> 30) * 0xBF58476D1CE4E5B9L;
        hash = (hash ^ hash >>> 27) * 0x94D049BB133111EBL;
        hash ^= hash >>> 31;
      }
      return hash == 0 ? 1 : hash;
    }
  }
}
