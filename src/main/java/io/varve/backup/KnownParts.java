package io.varve.backup;

import io.varve.codec.RowChecksum;
import io.varve.mysql.KeyRange;
import io.varve.mysql.SourceTable;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableName;
import io.varve.repository.CheckpointRange;
import io.varve.repository.PartEntry;
import io.varve.repository.TableEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a pass can build on: parts that are in the store, made by an earlier pass, by a run that
 * died, by another function, or by the backup that an incremental follows. Whether a part still
 * holds, the pass finds out; whether its object is there is settled before it gets here. Immutable.
 */
final class KnownParts {

  static final KnownParts NONE = new KnownParts(Map.of());

  /** A group of this many parts that would fit into one is made one, changed or not. */
  private static final int MOST_SMALL_PARTS = 4;

  /** A table as it was when its parts were made. */
  private record KnownTable(String definitionHash, List<PartEntry> parts) {}

  /** A range, and the parts that may still be its rows; none where nothing is known of it. */
  record KnownRange(KeyRange keys, List<PartEntry> parts) {

    RowChecksum checksum() {
      return parts.stream().map(PartEntry::checksum).reduce(RowChecksum.NONE, RowChecksum::plus);
    }

    long rawBytes() {
      return parts.stream().mapToLong(PartEntry::rawBytes).sum();
    }
  }

  private final Map<TableName, KnownTable> tables;

  private KnownParts(Map<TableName, KnownTable> tables) {
    this.tables = tables;
  }

  /** The tables of a backup, or of an earlier pass. */
  static KnownParts of(List<TableEntry> tables) {
    return NONE.with(tables);
  }

  /** These, and in place of what was known of them, those of some tables. */
  KnownParts with(List<TableEntry> newer) {
    Map<TableName, KnownTable> all = new HashMap<>(tables);
    newer.forEach(
        table ->
            all.put(
                table.definition().name(), new KnownTable(table.definitionHash(), table.parts())));
    return new KnownParts(all);
  }

  /** These, and in place of what was known of the same ranges, those of a checkpoint, in order. */
  KnownParts withCheckpoint(List<CheckpointRange> ranges) {
    Map<TableName, KnownTable> all = new HashMap<>(tables);
    for (CheckpointRange range : ranges) {
      all.merge(
          new TableName(range.schema(), range.table()),
          new KnownTable(range.definitionHash(), range.parts()),
          (older, newer) ->
              range.whole() || !older.definitionHash().equals(newer.definitionHash())
                  ? newer
                  : new KnownTable(
                      older.definitionHash(),
                      replaced(older.parts(), range.lower(), range.upper(), newer.parts())));
    }
    return new KnownParts(all);
  }

  private static List<PartEntry> replaced(
      List<PartEntry> older,
      @Nullable List<String> lower,
      @Nullable List<String> upper,
      List<PartEntry> newer) {
    Map<Optional<List<String>>, PartEntry> byLower = byLower(older);
    Set<PartEntry> covered = new HashSet<>();
    @Nullable List<String> at = lower;
    for (@Nullable PartEntry next = byLower.get(Optional.ofNullable(at));
        next != null && covered.add(next);
        next = byLower.get(Optional.ofNullable(at))) {
      at = next.upper();
      if (at == null || at.equals(upper)) {
        break;
      }
    }
    List<PartEntry> parts = new ArrayList<>(older);
    parts.removeIf(part -> covered.contains(part));
    parts.addAll(newer);
    return parts;
  }

  private static Map<Optional<List<String>>, PartEntry> byLower(List<PartEntry> parts) {
    return parts.stream()
        .collect(
            Collectors.toMap(
                part -> Optional.ofNullable(part.lower()), part -> part, (first, other) -> first));
  }

  /** Without the parts whose objects are not what they should be: their ranges are not known. */
  KnownParts only(Predicate<PartEntry> stored) {
    Map<TableName, KnownTable> some = new HashMap<>();
    tables.forEach(
        (name, table) ->
            some.put(
                name,
                new KnownTable(
                    table.definitionHash(), table.parts().stream().filter(stored).toList())));
    return new KnownParts(some);
  }

  /** Whether parts lead from the lower bound of a range to its upper one. */
  boolean covers(TableName table, String definitionHash, KeyRange range) {
    KnownTable known = tables.get(table);
    if (known == null || !known.definitionHash().equals(definitionHash)) {
      return false;
    }
    return !chain(known.parts(), range).isEmpty();
  }

  /** The keys of all parts. */
  Set<String> keys() {
    return tables.values().stream()
        .flatMap(table -> table.parts().stream())
        .map(PartEntry::key)
        .collect(Collectors.toSet());
  }

  /**
   * Under which names the tables of a source were known: their own, or that of one like it which is
   * no longer there. Whether it was renamed, its rows tell.
   */
  Map<TableName, TableName> names(List<SourceTable> sources) {
    Map<TableName, TableName> names = new HashMap<>();
    Set<TableName> present = new HashSet<>();
    sources.forEach(source -> present.add(source.name()));
    Set<TableName> gone = new HashSet<>(tables.keySet());
    gone.removeAll(present);
    for (SourceTable source : sources) {
      TableName name = source.name();
      if (tables.containsKey(name)) {
        names.put(name, name);
      } else {
        String hash = source.definition().hash();
        gone.stream()
            .filter(other -> known(other).definitionHash().equals(hash))
            .min(
                Comparator.comparingLong(
                        (TableName other) -> Math.abs(rows(known(other)) - source.estimatedRows()))
                    .thenComparing(Comparator.naturalOrder()))
            .ifPresent(
                other -> {
                  names.put(name, other);
                  gone.remove(other);
                });
      }
    }
    return names;
  }

  private KnownTable known(TableName name) {
    return Objects.requireNonNull(tables.get(name));
  }

  private static long rows(KnownTable table) {
    return table.parts().stream().mapToLong(PartEntry::rows).sum();
  }

  /**
   * Ranges that cover a table without a gap, each with what is known of it. Neighbours that fit
   * into one part are one range, so that small parts grow together when one of them changes.
   *
   * @param as the name under which the table was known
   * @param before whether one bound lies before another, by the server's order
   * @return empty if nothing is known, or if that means nothing any more
   */
  List<KnownRange> ranges(
      TableDefinition table,
      TableName as,
      long partBytes,
      BiPredicate<List<String>, List<String>> before) {
    KnownTable known = tables.get(as);
    if (known == null || known.parts().isEmpty() || !known.definitionHash().equals(table.hash())) {
      return List.of();
    }
    if (!table.hasRangeKey() || !table.transactional()) {
      return List.of(new KnownRange(KeyRange.ALL, known.parts()));
    }
    List<KnownRange> ranges = new ArrayList<>();
    @Nullable List<String> reached = null;
    boolean begun = false;
    for (List<PartEntry> chain : chains(known.parts(), before)) {
      @Nullable List<String> lower = chain.getFirst().lower();
      boolean overlaps =
          begun && (reached == null || lower == null || !before.test(reached, lower));
      if (overlaps) {
        return List.of(); // nothing is sure
      }
      if (lower != null) {
        ranges.add(new KnownRange(new KeyRange(reached, lower), List.of()));
      }
      ranges.addAll(grouped(chain, partBytes));
      reached = chain.getLast().upper();
      begun = true;
    }
    if (reached != null) {
      ranges.add(new KnownRange(new KeyRange(reached, null), List.of()));
    }
    return ranges;
  }

  /**
   * The same for one range of a table: known where its parts lead from its lower bound to its upper
   * one, else one range of which nothing is known.
   */
  List<KnownRange> rangesWithin(
      TableDefinition table, TableName as, KeyRange range, long partBytes) {
    List<KnownRange> unknown = List.of(new KnownRange(range, List.of()));
    KnownTable known = tables.get(as);
    if (known == null || known.parts().isEmpty() || !known.definitionHash().equals(table.hash())) {
      return unknown;
    }
    if (!table.hasRangeKey() || !table.transactional()) {
      return List.of(new KnownRange(KeyRange.ALL, known.parts()));
    }
    List<PartEntry> chain = chain(known.parts(), range);
    return chain.isEmpty() ? unknown : grouped(chain, partBytes);
  }

  /** The parts that lead from the lower bound of a range to its upper one; none if they do not. */
  private static List<PartEntry> chain(List<PartEntry> parts, KeyRange range) {
    Map<Optional<List<String>>, PartEntry> byLower = byLower(parts);
    List<PartEntry> chain = new ArrayList<>();
    @Nullable List<String> at = range.lower();
    do {
      PartEntry next = byLower.get(Optional.ofNullable(at));
      if (next == null || chain.size() == parts.size()) {
        return List.of();
      }
      chain.add(next);
      at = next.upper();
    } while (at != null && !at.equals(range.upper()));
    return Objects.equals(at, range.upper()) ? chain : List.of();
  }

  /** Parts that follow each other, in the order of their ranges; none if they cannot be ordered. */
  private static List<List<PartEntry>> chains(
      List<PartEntry> parts, BiPredicate<List<String>, List<String>> before) {
    Map<Optional<List<String>>, PartEntry> byLower = byLower(parts);
    Set<List<String>> uppers =
        parts.stream().map(PartEntry::upper).filter(Objects::nonNull).collect(Collectors.toSet());
    List<List<PartEntry>> chains = new ArrayList<>();
    int found = 0;
    for (PartEntry head : parts) {
      if (head.lower() != null && uppers.contains(head.lower())) {
        continue;
      }
      List<PartEntry> chain = new ArrayList<>(List.of(head));
      while (chain.getLast().upper() != null && chain.size() <= parts.size()) {
        PartEntry next = byLower.get(Optional.of(chain.getLast().upper()));
        if (next == null) {
          break;
        }
        chain.add(next);
      }
      found += chain.size();
      chains.add(chain);
    }
    if (found != parts.size()) {
      return List.of();
    }
    chains.sort(
        (one, other) -> {
          @Nullable List<String> a = one.getFirst().lower();
          @Nullable List<String> b = other.getFirst().lower();
          if (a == null || b == null) {
            return Boolean.compare(b == null, a == null);
          }
          return before.test(a, b) ? -1 : before.test(b, a) ? 1 : 0;
        });
    return chains;
  }

  private static List<KnownRange> grouped(List<PartEntry> chain, long partBytes) {
    List<KnownRange> groups = new ArrayList<>();
    List<PartEntry> group = new ArrayList<>();
    long bytes = 0;
    for (PartEntry part : chain) {
      if (!group.isEmpty() && bytes + part.rawBytes() > partBytes) {
        groups.add(group(group));
        group = new ArrayList<>();
        bytes = 0;
      }
      group.add(part);
      bytes += part.rawBytes();
    }
    groups.add(group(group));
    return groups;
  }

  private static KnownRange group(List<PartEntry> parts) {
    KeyRange keys = new KeyRange(parts.getFirst().lower(), parts.getLast().upper());
    return new KnownRange(keys, parts.size() < MOST_SMALL_PARTS ? parts : List.of());
  }
}
