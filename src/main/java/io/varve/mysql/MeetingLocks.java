package io.varve.mysql;

import io.varve.store.Sha256;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The names by which the processes of one job meet in the database: locks of {@code GET_LOCK},
 * which need no privilege and end with the connection that holds them. Immutable.
 */
record MeetingLocks(String prefix, int workers) {

  /** The longest name that MySQL takes has 64 characters. */
  private static final int HASH_DIGITS = 16;

  static MeetingLocks of(String job, int workers) {
    String hash = HexFormat.of().formatHex(Sha256.of(job.getBytes(StandardCharsets.UTF_8)));
    return new MeetingLocks("varve:" + hash.substring(0, HASH_DIGITS) + ":", workers);
  }

  /** Held by whoever does this share of the work. */
  String seat(int worker) {
    return prefix + "seat:" + worker;
  }

  /** Held by the one who locks the tables. */
  String lead() {
    return prefix + "lead";
  }

  /** Held by a worker that has its connections and waits for the tables to be locked. */
  String ready(int worker) {
    return prefix + "ready:" + worker;
  }

  /** Held by the leader until the tables are locked. */
  String gate(int worker) {
    return prefix + "gate:" + worker;
  }

  /** Held by the leader while the tables are locked. */
  String locked() {
    return prefix + "locked";
  }

  /**
   * Held by a worker that has opened its snapshot while the tables were locked.
   *
   * @param locker the connection that has locked them: the sign of another round says nothing
   */
  String open(int worker, long locker) {
    return prefix + "open:" + worker + ":" + locker;
  }

  /** Held by the leader until it is written down who shares the snapshot. */
  String verdict(int worker) {
    return prefix + "verdict:" + worker;
  }

  List<String> all(IntFunction<String> name) {
    return IntStream.range(0, workers).mapToObj(name).toList();
  }

  /** Takes a lock, waiting for some time. */
  static boolean take(Connection connection, String name, long seconds) throws SQLException {
    return Rows.one(
        connection,
        "SELECT GET_LOCK(" + Quoted.text(name) + ", " + seconds + ")",
        row -> row.getInt(1) == 1);
  }

  /** Takes some locks at once; false if one of them is held by another. */
  static boolean takeAll(Connection connection, List<String> names) throws SQLException {
    return values(connection, "GET_LOCK(", ", 1)", names).stream().allMatch(taken -> taken == 1);
  }

  static void release(Connection connection, List<String> names) throws SQLException {
    values(connection, "RELEASE_LOCK(", ")", names);
  }

  static void release(Connection connection, String name) throws SQLException {
    release(connection, List.of(name));
  }

  /** The connection that holds a lock; empty if nobody does. */
  static OptionalLong holder(Connection connection, String name) throws SQLException {
    long id = values(connection, "IS_USED_LOCK(", ")", List.of(name)).getFirst();
    return id < 0 ? OptionalLong.empty() : OptionalLong.of(id);
  }

  /** How many of some locks are held, by whomever. */
  static long held(Connection connection, List<String> names) throws SQLException {
    return values(connection, "IS_USED_LOCK(", ")", names).stream().filter(id -> id >= 0).count();
  }

  /** What a function says of each name; -1 for NULL. */
  private static List<Long> values(
      Connection connection, String before, String after, List<String> names) throws SQLException {
    if (names.isEmpty()) { // a meeting of one has no others
      return List.of();
    }
    StringBuilder select = new StringBuilder("SELECT ");
    for (int i = 0; i < names.size(); i++) {
      select
          .append(i == 0 ? "" : ", ")
          .append("COALESCE(")
          .append(before)
          .append(Quoted.text(names.get(i)))
          .append(after)
          .append(", -1)");
    }
    return Rows.one(
        connection,
        select.toString(),
        row -> {
          List<Long> values = new ArrayList<>();
          for (int i = 1; i <= names.size(); i++) {
            values.add(row.getLong(i));
          }
          return values;
        });
  }
}
