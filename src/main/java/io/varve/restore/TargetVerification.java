package io.varve.restore;

import io.varve.CallTime;
import io.varve.DamageFoundException;
import io.varve.Progress;
import io.varve.TableProgress;
import io.varve.Workers;
import io.varve.codec.PartDecoder;
import io.varve.codec.RowChecksum;
import io.varve.codec.StoredBytes;
import io.varve.mysql.FloatingColumns;
import io.varve.mysql.JudgeBy;
import io.varve.mysql.Judgement;
import io.varve.mysql.KeyRange;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableName;
import io.varve.mysql.TableReader;
import io.varve.mysql.Target;
import io.varve.mysql.TargetReader;
import io.varve.mysql.Throttle;
import io.varve.mysql.Translation;
import io.varve.repository.PartEntry;
import io.varve.repository.SourceRepository;
import io.varve.restore.RestorePlan.PlannedTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Compares every range of the target with the manifest, by the checksum that the server computes,
 * or this program, whichever is quicker. Where the other flavour writes the same numbers with other
 * digits, it compares the rows of the parts with those of the target here.
 */
final class TargetVerification {

  /**
   * A range with the one part of it, or a whole table where ranges cannot be compared.
   *
   * @param name for people
   * @param item for the ledger
   */
  record Check(
      PlannedTable table, String name, String item, KeyRange range, List<PartEntry> parts) {

    RowChecksum expected() {
      return parts.stream().map(PartEntry::checksum).reduce(RowChecksum.NONE, RowChecksum::plus);
    }

    long bytes() {
      return parts.stream().mapToLong(PartEntry::rawBytes).sum();
    }
  }

  /** A range that differs, and how many rows the target has there. */
  record Difference(Check check, long rowsThere) {}

  /**
   * What came of comparing.
   *
   * @param ranges how many there are
   * @param isWhole whether all of them are compared: else the time was up before
   */
  record Comparison(int ranges, List<Difference> differences, boolean isWhole) {}

  private final Target target;
  private final SourceRepository repository;
  private final int parallel;
  private final Judgement judgement;
  private final Throttle throttle;
  private final CallTime time;
  private final Progress progress;
  private final Consumer<String> notes;

  /**
   * @param judgement of the target, also for others
   * @param notes hears what people should know
   */
  TargetVerification(
      Target target,
      SourceRepository repository,
      int parallel,
      Judgement judgement,
      Throttle throttle,
      CallTime time,
      Progress progress,
      Consumer<String> notes) {
    this.target = target;
    this.repository = repository;
    this.parallel = parallel;
    this.judgement = judgement;
    this.throttle = throttle;
    this.time = time;
    this.progress = progress;
    this.notes = notes;
  }

  /**
   * Verifies all ranges of some tables, and some of others.
   *
   * @param verified where ranges of the tables are noted, and which of them need no look again;
   *     those of others are looked at in any case
   * @throws DamageFoundException naming those that differ
   */
  Comparison run(
      List<PlannedTable> tables,
      List<Check> others,
      Translation translation,
      Optional<VerifiedRanges> verified) {
    return onReaders(
        readers -> {
          List<Check> all = checks(tables, readers);
          List<Check> left =
              new ArrayList<>(
                  all.stream()
                      .filter(check -> verified.stream().noneMatch(v -> v.wasFoundBefore(check)))
                      .toList());
          Set<Check> noted = Collections.newSetFromMap(new IdentityHashMap<>());
          noted.addAll(left);
          left.addAll(others);
          progress.begin("verifying", left.stream().mapToLong(Check::bytes).sum());
          Comparison comparison =
              compare(
                  readers,
                  left,
                  translation,
                  equal ->
                      verified.filter(v -> noted.contains(equal)).ifPresent(v -> v.add(equal)));
          verified.ifPresent(VerifiedRanges::write);
          requireNone(comparison.differences());
          return new Comparison(all.size() + others.size(), List.of(), comparison.isWhole());
        });
  }

  /** Compares all ranges of some tables, and says which differ. */
  Comparison compare(List<PlannedTable> tables, Translation translation) {
    return onReaders(
        readers -> compare(readers, checks(tables, readers), translation, equal -> {}));
  }

  private static List<Check> checks(List<PlannedTable> tables, List<TargetReader> readers) {
    List<Check> checks = new ArrayList<>();
    for (PlannedTable table : tables) {
      checks.addAll(checks(table, readers.getFirst().tables()));
    }
    return checks;
  }

  private Comparison onReaders(Function<List<TargetReader>, Comparison> work) {
    List<TargetReader> readers = new ArrayList<>();
    try {
      for (int i = 0; i < parallel; i++) {
        readers.add(target.reader(throttle));
      }
      return work.apply(readers);
    } finally {
      readers.forEach(TargetReader::close);
    }
  }

  private Comparison compare(
      List<TargetReader> readers,
      List<Check> checks,
      Translation translation,
      Consumer<Check> equal) {
    Queue<Difference> different = new ConcurrentLinkedQueue<>();
    TableProgress tables = new TableProgress(progress);
    for (Check check : checks) {
      TableName table = check.table().target().name();
      tables.add(table.schema(), table.table(), check.bytes());
    }
    tables.begin();
    boolean isWhole =
        Workers.shareUntil(
            time.limit(),
            readers,
            checks,
            (reader, check) -> {
              if (!throttle.await()) {
                return false;
              }
              compare(reader.tables(), check, translation, tables)
                  .ifPresentOrElse(different::add, () -> equal.accept(check));
              return true;
            });
    noteThoseComparedByNumber(checks, translation);
    return new Comparison(checks.size(), List.copyOf(different), isWhole);
  }

  private Optional<Difference> compare(
      TableReader reader, Check check, Translation translation, TableProgress tables) {
    TableDefinition table = check.table().target();
    tables.begins(table.name().schema(), table.name().table());
    boolean byNumber = isComparedByNumber(table, translation);
    RowChecksum expected = byNumber ? normalized(check) : check.expected();
    RowChecksum found =
        byNumber ? reader.normalizedChecksum(table, check.range()) : checksum(reader, check);
    tables.done(table.name().schema(), table.name().table(), found.rows(), check.bytes());
    return found.equals(expected, table.rowsMayRepeat())
        ? Optional.empty()
        : Optional.of(new Difference(check, found.rows()));
  }

  private RowChecksum checksum(TableReader reader, Check check) {
    TableDefinition table = check.table().target();
    JudgeBy way = judgement.way(check.bytes());
    if (way == JudgeBy.SERVER) { // where the rows are read, that is paid for
      throttle.take(check.bytes());
    }
    long start = System.nanoTime();
    RowChecksum found =
        switch (way) {
          case SERVER -> reader.checksum(table, check.range());
          case HERE -> reader.checksumHere(table, check.range());
        };
    judgement.judged(way, check.bytes(), System.nanoTime() - start, false);
    return found;
  }

  private static boolean isComparedByNumber(TableDefinition table, Translation translation) {
    return translation.isAcross() && new FloatingColumns(table).any();
  }

  private RowChecksum normalized(Check check) {
    TableDefinition table = check.table().target();
    FloatingColumns floating = new FloatingColumns(table);
    RowChecksum sum = RowChecksum.NONE;
    StoredBytes stored = new StoredBytes();
    for (PartEntry part : check.parts()) {
      try {
        repository.readPart(part, stored);
        sum = sum.plus(PartDecoder.checksum(stored, table.forms(), floating::normalize));
      } catch (IOException e) {
        throw new DamageFoundException(
            "read a part of",
            "table " + table.name(),
            "its text cannot be read back",
            "Run varve verify --read-data to see what is damaged, and take another backup.",
            e);
      }
    }
    return sum;
  }

  private void noteThoseComparedByNumber(List<Check> checks, Translation translation) {
    long here =
        checks.stream()
            .filter(check -> isComparedByNumber(check.table().target(), translation))
            .count();
    if (here > 0) {
      notes.accept(
          here
              + " of "
              + checks.size()
              + " ranges have FLOAT or DOUBLE columns, which "
              + translation.from()
              + " and "
              + translation.to()
              + " write with other digits: their rows were compared by this program, number by"
              + " number");
    }
  }

  private static List<Check> checks(PlannedTable table, TableReader reader) {
    List<PartEntry> parts = table.entry().parts();
    TableDefinition definition = table.target();
    boolean byRange = definition.hasRangeKey() && definition.transactional() && !parts.isEmpty();
    if (!byRange || !rangesHold(definition, parts, reader)) {
      return List.of(
          new Check(
              table,
              "table " + definition.name(),
              definition.name().quoted() + " whole",
              KeyRange.ALL,
              parts));
    }
    List<Check> checks = new ArrayList<>();
    for (PartEntry part : parts) {
      checks.add(
          new Check(
              table,
              "table " + definition.name() + " part " + checks.size(),
              definition.name().quoted() + " part " + checks.size(),
              part.range(),
              List.of(part)));
    }
    return checks;
  }

  /** Under another collation than the source's, bounds need not ascend. */
  private static boolean rangesHold(
      TableDefinition table, List<PartEntry> parts, TableReader reader) {
    if (table.keyColumns().stream().allMatch(column -> column.collation() == null)) {
      return true;
    }
    List<List<String>> bounds = new ArrayList<>();
    for (PartEntry part : parts) {
      if (part.upper() != null) {
        bounds.add(part.upper());
      }
    }
    return reader.ascend(table, bounds);
  }

  private void requireNone(List<Difference> different) {
    if (!different.isEmpty()) {
      throw new DamageFoundException(
          "verify the restore into",
          target.address(),
          "rows differ from the backup in "
              + different.stream()
                  .limit(10)
                  .map(
                      difference ->
                          difference.check().name()
                              + " ("
                              + difference.rowsThere()
                              + " rows, expected "
                              + difference.check().expected().rows()
                              + ")")
                  .collect(Collectors.joining(", "))
              + (different.size() > 10 ? " and " + (different.size() - 10) + " more ranges" : ""),
          "Something else wrote to these tables, or the server changed values: restore again into"
              + " an empty schema that nothing else uses.");
    }
  }
}
