package io.varve.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.backup.KnownParts.KnownRange;
import io.varve.mysql.KeyRange;
import io.varve.repository.PartEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which way ranges are judged, by what each way takes. */
class JudgementTest {

  private static final long MEBIBYTE = 1 << 20;

  private static KnownRange range(long bytes) {
    return new KnownRange(
        KeyRange.ALL,
        List.of(new PartEntry("key", null, null, 1, bytes, 1, null, null, "00", null, "")));
  }

  /** What is chosen, range after range of 8 MiB, if the ways take so many milliseconds each. */
  private static List<JudgeBy> ways(Judgement judgement, int ranges, long server, long here) {
    List<JudgeBy> ways = new ArrayList<>();
    for (int i = 0; i < ranges; i++) {
      KnownRange range = range(8 * MEBIBYTE);
      JudgeBy way = judgement.way(range);
      judgement.judged(way, range, (way == JudgeBy.SERVER ? server : here) * 1_000_000, false);
      ways.add(way);
    }
    return ways;
  }

  @Test
  void bothAreTriedAndThenTheCheaperOneIsTaken() {
    List<JudgeBy> ways = ways(new Judgement(Optional.empty()), 100, 80, 20);

    assertThat(ways.subList(0, 2)).containsExactlyInAnyOrder(JudgeBy.values());
    assertThat(Collections.frequency(ways, JudgeBy.SERVER)).isEqualTo(2);
  }

  @Test
  void aWayThatBecomesQuickerIsTakenLater() {
    Judgement judgement = new Judgement(Optional.empty());

    assertThat(Collections.frequency(ways(judgement, 10, 80, 400), JudgeBy.HERE)).isEqualTo(1);
    assertThat(ways(judgement, 20, 80, 20)).endsWith(JudgeBy.HERE, JudgeBy.HERE);
  }

  @Test
  void whatTheUserAsksForIsTakenAlways() {
    assertThat(ways(new Judgement(Optional.of(JudgeBy.SERVER)), 300, 80, 1))
        .containsOnly(JudgeBy.SERVER);
  }

  @Test
  void changeIsExpectedWhereAnEighthHasChanged() {
    Judgement judgement = new Judgement(Optional.empty());
    assertThat(judgement.expectsChange()).isFalse();

    judgement.judged(JudgeBy.HERE, range(100), 1, true);
    assertThat(judgement.expectsChange()).isTrue();

    judgement.judged(JudgeBy.HERE, range(900), 1, false);
    assertThat(judgement.expectsChange()).isFalse();
  }
}
