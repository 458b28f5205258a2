package io.varve.server;

import io.varve.api.TableActivity;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tables of a phase: which are at work, and which were done last. Not thread-safe. */
final class TablesAtWork {

  private static final int MOST_SHOWN = 50;

  private final Map<Name, Work> atWork = new LinkedHashMap<>();
  private final Deque<TableActivity> doneLast = new ArrayDeque<>();
  private String phase;
  private int done;
  private int total;

  private record Name(String schema, String table) {}

  private static final class Work {
    private long rows;
    private long bytes;
    private long expectedBytes;
  }

  TablesAtWork(String phase) {
    this.phase = phase;
  }

  /** A new phase, in which nothing is known of any table yet. */
  void begin(String newPhase) {
    phase = newPhase;
    done = 0;
    total = 0;
    atWork.clear();
    doneLast.clear();
  }

  void total(int tables) {
    total = tables;
    done = 0;
  }

  void begins(String schema, String table, long expectedBytes) {
    work(schema, table).expectedBytes = expectedBytes;
  }

  void advance(String schema, String table, long rows, long bytes) {
    Work work = work(schema, table);
    work.rows += rows;
    work.bytes += bytes;
  }

  private Work work(String schema, String table) {
    return atWork.computeIfAbsent(new Name(schema, table), name -> new Work());
  }

  void ends(String schema, String table) {
    Name name = new Name(schema, table);
    Work work = work(schema, table);
    atWork.remove(name);
    done++;
    doneLast.addFirst(shown(name, work, true));
    if (doneLast.size() > MOST_SHOWN) {
      doneLast.removeLast();
    }
  }

  int done() {
    return done;
  }

  int total() {
    return total;
  }

  /** Those at work in the order in which they were begun, then those done last. */
  List<TableActivity> shown() {
    List<TableActivity> shown = new ArrayList<>();
    atWork.entrySet().stream()
        .limit(MOST_SHOWN)
        .forEach(each -> shown.add(shown(each.getKey(), each.getValue(), false)));
    doneLast.stream().limit(MOST_SHOWN - shown.size()).forEach(shown::add);
    return shown;
  }

  private TableActivity shown(Name name, Work work, boolean isDone) {
    return new TableActivity(
        name.schema(), name.table(), phase, work.rows, work.bytes, work.expectedBytes, isDone);
  }
}
