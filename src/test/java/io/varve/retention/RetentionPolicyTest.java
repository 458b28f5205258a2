package io.varve.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.repository.BackupId;
import io.varve.repository.BackupKind;
import io.varve.repository.SourceInfo;
import io.varve.repository.Summary;
import io.varve.repository.Totals;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** The policy against a model that says it more simply, and restic's documented cases. */
class RetentionPolicyTest {

  private static final Instant BASE = Instant.parse("2024-02-27T23:00:00Z");

  @Provide
  Arbitrary<List<Integer>> hours() {
    return Arbitraries.integers().between(0, 24 * 500).list().ofMinSize(1).ofMaxSize(60);
  }

  /** Of the newest of each period the first so many; the oldest of all if there are fewer. */
  private static Set<Summary> model(
      List<Summary> backups, int count, Function<Instant, Object> period) {
    List<Summary> newestFirst =
        backups.stream()
            .sorted(
                Comparator.comparing(Summary::snapshotTime).thenComparing(Summary::id).reversed())
            .toList();
    Set<Object> periods = new HashSet<>();
    Set<Summary> kept = new HashSet<>();
    for (Summary backup : newestFirst) {
      if (kept.size() < count && periods.add(period.apply(backup.snapshotTime()))) {
        kept.add(backup);
      }
    }
    if (kept.size() < count) {
      kept.add(newestFirst.getLast());
    }
    return kept;
  }

  @Property
  void aRuleKeepsWhatItsModelKeeps(
      @ForAll("hours") List<Integer> hours,
      @ForAll @IntRange(max = 20) int last,
      @ForAll @IntRange(max = 20) int daily,
      @ForAll @IntRange(max = 20) int weekly,
      @ForAll @IntRange(max = 20) int monthly) {
    List<Summary> backups = backups(hours);
    Set<Summary> expected = new HashSet<>();
    int[] number = {0};
    expected.addAll(model(backups, last, time -> number[0]++));
    expected.addAll(model(backups, daily, by("uuuu-MM-dd")));
    expected.addAll(model(backups, weekly, by("YYYY-'W'ww")));
    expected.addAll(model(backups, monthly, by("uuuu-MM")));
    RetentionPolicy policy =
        new RetentionPolicy(last, 0, daily, weekly, monthly, 0, Optional.empty(), Set.of());
    Set<BackupId> ids = new HashSet<>();
    expected.forEach(summary -> ids.add(summary.id()));
    assertThat(policy.kept(backups).keySet()).isEqualTo(ids);
  }

  private static Function<Instant, Object> by(String pattern) {
    DateTimeFormatter format =
        DateTimeFormatter.ofPattern(pattern, java.util.Locale.GERMANY).withZone(ZoneOffset.UTC);
    return format::format;
  }

  /** Whatever is asked for, the newest stays. */
  @Property
  void theNewestStaysUnderEveryRule(@ForAll("hours") List<Integer> hours) {
    List<Summary> backups = backups(hours);
    BackupId newest =
        backups.stream()
            .max(Comparator.comparing(Summary::snapshotTime).thenComparing(Summary::id))
            .orElseThrow()
            .id();
    for (int rule = 0; rule < 6; rule++) {
      int[] n = new int[6];
      n[rule] = 1;
      RetentionPolicy policy =
          new RetentionPolicy(n[0], n[1], n[2], n[3], n[4], n[5], Optional.empty(), Set.of());
      assertThat(policy.kept(backups)).containsKey(newest);
    }
    RetentionPolicy within =
        new RetentionPolicy(0, 0, 0, 0, 0, 0, Optional.of(Duration.ofSeconds(1)), Set.of());
    assertThat(within.kept(backups)).containsKey(newest);
  }

  @Example
  void withinCountsFromTheNewestAndTagsKeepWhatHasThem() {
    List<Summary> backups = backups(List.of(0, 10, 20, 30));
    RetentionPolicy policy =
        new RetentionPolicy(0, 0, 0, 0, 0, 0, Optional.of(Duration.ofHours(15)), Set.of("tag-0"));
    Map<BackupId, List<String>> kept = policy.kept(backups);
    assertThat(kept.keySet())
        .containsExactlyInAnyOrder(backups.get(0).id(), backups.get(2).id(), backups.get(3).id());
    assertThat(kept.get(backups.get(0).id())).containsExactly("tag tag-0");
    assertThat(kept.get(backups.get(3).id())).containsExactly("within");
  }

  private static List<Summary> backups(List<Integer> hours) {
    List<Summary> backups = new ArrayList<>();
    for (int i = 0; i < hours.size(); i++) {
      Instant time = BASE.plus(Duration.ofHours(hours.get(i)));
      backups.add(
          new Summary(
              1,
              BackupId.next(time, BackupKind.FULL),
              BackupKind.FULL,
              "run",
              "shop",
              new SourceInfo("mysql", "9.7.0", "", "UTC", 0),
              time,
              new Totals(0, 0, 0, 0, 0, 0),
              0,
              "",
              null,
              null,
              List.of("tag-" + i),
              null));
    }
    return backups;
  }
}
