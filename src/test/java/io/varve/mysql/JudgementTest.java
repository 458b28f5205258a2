package io.varve.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which way ranges are judged, by what each way takes. */
class JudgementTest {

  private static final long RANGE_BYTES = 8 << 20;

  /** What is chosen, range after range of 8 MiB, if the ways take so many milliseconds each. */
  private static List<JudgeBy> ways(Judgement judgement, int ranges, long server, long here) {
    List<JudgeBy> ways = new ArrayList<>();
    for (int i = 0; i < ranges; i++) {
      JudgeBy way = judgement.way(RANGE_BYTES);
      judgement.judged(
          way, RANGE_BYTES, (way == JudgeBy.SERVER ? server : here) * 1_000_000, false);
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

    judgement.judged(JudgeBy.HERE, 100, 1, true);
    assertThat(judgement.expectsChange()).isTrue();

    judgement.judged(JudgeBy.HERE, 900, 1, false);
    assertThat(judgement.expectsChange()).isFalse();
  }
}
