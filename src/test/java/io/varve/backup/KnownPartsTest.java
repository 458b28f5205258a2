package io.varve.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.backup.KnownParts.KnownRange;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableName;
import io.varve.repository.CheckpointRange;
import io.varve.repository.PartEntry;
import io.varve.repository.TableEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.BiPredicate;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Ranges of whole numbers, made of parts that are there, gone, or in any order. */
class KnownPartsTest {

  private static final TableName NAME = new TableName("shop", "orders");
  private static final TableDefinition TABLE =
      new TableDefinition(
          NAME, "InnoDB", null, List.of(), List.of("id"), "PRIMARY", "", List.of(), List.of());
  private static final BiPredicate<List<String>, List<String>> BEFORE =
      (one, other) -> Integer.parseInt(one.getFirst()) < Integer.parseInt(other.getFirst());
  private static final long PART_BYTES = 1_000;

  /** Parts that cover everything, each of some bytes. */
  private static List<PartEntry> parts(Random random, int count) {
    Set<Integer> bounds = new HashSet<>();
    while (bounds.size() < count - 1) {
      bounds.add(random.nextInt(10 * count));
    }
    List<Integer> ascending = new ArrayList<>(bounds);
    Collections.sort(ascending);
    List<PartEntry> parts = new ArrayList<>();
    @Nullable List<String> lower = null;
    for (int i = 0; i < count; i++) {
      List<String> upper = i < count - 1 ? List.of(String.valueOf(ascending.get(i))) : null;
      parts.add(part(i, lower, upper, random.nextInt(1_200)));
      lower = upper;
    }
    return parts;
  }

  private static PartEntry part(
      int number, @Nullable List<String> lower, @Nullable List<String> upper, long bytes) {
    return new PartEntry(
        "s/parts/b/shop/orders/" + number, lower, upper, 1, bytes, 1, null, null, "00", null, "");
  }

  @Property(tries = 500)
  void rangesCoverTheTableWithoutAGapAndKeepWhatIsThere(@ForAll long seed) {
    Random random = new Random(seed);
    List<PartEntry> all = parts(random, 1 + random.nextInt(30));
    Set<String> gone = new HashSet<>();
    all.stream().filter(part -> random.nextInt(4) == 0).forEach(part -> gone.add(part.key()));
    List<PartEntry> shuffled = new ArrayList<>(all);
    Collections.shuffle(shuffled, random);
    KnownParts known =
        KnownParts.of(List.of(TableEntry.of(TABLE, shuffled)))
            .only(part -> !gone.contains(part.key()));
    List<KnownRange> ranges = known.ranges(TABLE, NAME, PART_BYTES, BEFORE);
    if (gone.size() == all.size()) {
      assertThat(ranges).isEmpty();
      return;
    }
    assertCovers(ranges);
    List<String> kept = new ArrayList<>();
    for (KnownRange range : ranges) {
      range.parts().forEach(part -> kept.add(part.key()));
      if (!range.parts().isEmpty()) {
        assertThat(range.parts().getFirst().lower()).isEqualTo(range.keys().lower());
        assertThat(range.parts().getLast().upper()).isEqualTo(range.keys().upper());
        assertThat(range.parts().size() == 1 || range.rawBytes() <= PART_BYTES).isTrue();
      }
    }
    assertThat(kept).doesNotHaveDuplicates().noneMatch(gone::contains);
  }

  private static void assertCovers(List<KnownRange> ranges) {
    @Nullable List<String> reached = null;
    for (int i = 0; i < ranges.size(); i++) {
      assertThat(ranges.get(i).keys().lower()).isEqualTo(reached);
      reached = ranges.get(i).keys().upper();
      assertThat(reached == null).isEqualTo(i == ranges.size() - 1);
    }
  }

  /** A run that read some ranges again, over what it had. */
  @Property(tries = 500)
  void aCheckpointTakesThePlaceOfWhatItReadAgain(@ForAll long seed) {
    Random random = new Random(seed);
    List<PartEntry> all = parts(random, 2 + random.nextInt(20));
    int from = random.nextInt(all.size());
    int to = from + random.nextInt(all.size() - from);
    PartEntry newer = part(1000, all.get(from).lower(), all.get(to).upper(), random.nextInt(1_200));
    CheckpointRange range =
        new CheckpointRange(
            "shop", "orders", TABLE.hash(), false, newer.lower(), newer.upper(), List.of(newer));
    KnownParts known =
        KnownParts.of(List.of(TableEntry.of(TABLE, all))).withCheckpoint(List.of(range));
    Set<String> keys = new HashSet<>();
    all.forEach(part -> keys.add(part.key()));
    all.subList(from, to + 1).forEach(part -> keys.remove(part.key()));
    keys.add(newer.key());
    assertThat(known.keys()).isEqualTo(keys);
    assertCovers(known.ranges(TABLE, NAME, PART_BYTES, BEFORE));
  }

  @Property(tries = 200)
  void partsThatOverlapAreNotTrusted(@ForAll long seed) {
    Random random = new Random(seed);
    List<PartEntry> all = new ArrayList<>(parts(random, 3 + random.nextInt(10)));
    PartEntry some = all.get(1 + random.nextInt(all.size() - 2));
    int low = Integer.parseInt(Objects.requireNonNull(some.lower()).getFirst());
    all.add(part(1000, List.of(String.valueOf(low)), null, 5)); // reaches over all that follow
    assertThat(
            KnownParts.of(List.of(TableEntry.of(TABLE, all)))
                .ranges(TABLE, NAME, PART_BYTES, BEFORE))
        .isEmpty();
  }
}
