package io.varve.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.InvalidRequestException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimetableTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // in an ordinary night
        "30 2 * * *   | Europe/Berlin     | 2026-11-21T12:00:00Z | 2026-11-22T01:30:00Z",
        // Berlin goes from 2:00 to 3:00: right after the change
        "30 2 * * *   | Europe/Berlin     | 2026-03-28T12:00:00Z | 2026-03-29T01:00:00Z",
        "0 3 * * *    | Europe/Berlin     | 2026-03-28T12:00:00Z | 2026-03-29T01:00:00Z",
        "0 2 * * *    | Europe/Berlin     | 2026-03-29T01:00:00Z | 2026-03-30T00:00:00Z",
        // Berlin goes from 3:00 back to 2:00: the first of the two
        "30 2 * * *   | Europe/Berlin     | 2026-10-24T12:00:00Z | 2026-10-25T00:30:00Z",
        "30 2 * * *   | Europe/Berlin     | 2026-10-25T00:30:00Z | 2026-10-26T01:30:00Z",
        "0 3 * * *    | Europe/Berlin     | 2026-10-25T00:30:00Z | 2026-10-25T02:00:00Z",
        // each hour means each hour
        "30 * * * *   | Europe/Berlin     | 2026-10-25T00:30:00Z | 2026-10-25T01:30:00Z",
        "30 * * * *   | Europe/Berlin     | 2026-03-29T00:30:00Z | 2026-03-29T01:30:00Z",
        // half an hour at Lord Howe, a whole day at Samoa
        "15 2 * * *   | Australia/Lord_Howe | 2026-10-03T12:00:00Z | 2026-10-03T15:30:00Z",
        "0 12 * * *   | Pacific/Apia      | 2011-12-29T22:00:00Z | 2011-12-30T10:00:00Z",
        // a leap day, a weekday, one of both
        "0 0 29 2 *   | UTC               | 2026-01-01T00:00:00Z | 2028-02-29T00:00:00Z",
        "0 4 * * SUN  | UTC               | 2026-11-22T04:00:00Z | 2026-11-29T04:00:00Z",
        "0 4 * * 7    | UTC               | 2026-11-22T04:00:00Z | 2026-11-29T04:00:00Z",
        "0 4 1 * MON  | UTC               | 2026-11-24T00:00:00Z | 2026-11-30T04:00:00Z",
        "0 4 1 * MON  | UTC               | 2026-11-30T04:00:00Z | 2026-12-01T04:00:00Z",
        "*/20 8-9 * * 1-5 | UTC           | 2026-11-20T09:40:00Z | 2026-11-23T08:00:00Z",
      })
  void aMomentComesAfterAnother(String cron, String zone, Instant after, Instant first) {
    Timetable table = Timetable.of(cron, zone);
    assertThat(table.firstAfter(after)).contains(first);
    assertThat(table.lastUpTo(first)).contains(first);
    assertThat(table.lastUpTo(first.plusSeconds(59))).contains(first);
    assertThat(table.lastUpTo(first.minusNanos(1)).orElseThrow()).isBeforeOrEqualTo(after);
  }

  /** Forwards and backwards, over a year, are the same moments. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "30 2 * * *",
        "0 * * * *",
        "*/17 1-3 * * *",
        "5 */2 * * *",
        "0 4 * * SUN",
        "59 23 31 12 *"
      })
  void lastAndFirstAgree(String cron) {
    for (String zone : List.of("Europe/Berlin", "Australia/Lord_Howe")) {
      Timetable table = Timetable.of(cron, zone);
      Instant begin = Instant.parse("2025-12-31T23:59:00Z");
      Instant end = Instant.parse("2027-01-01T00:00:00Z");
      List<Instant> forwards =
          Stream.iterate(
                  table.firstAfter(begin).orElseThrow(),
                  at -> !at.isAfter(end),
                  at -> table.firstAfter(at).orElseThrow())
              .toList();
      List<Instant> backwards =
          Stream.iterate(
                  table.lastUpTo(end).orElseThrow(),
                  at -> at.isAfter(begin),
                  at -> table.lastUpTo(at.minusNanos(1)).orElseThrow())
              .toList()
              .reversed();
      assertThat(backwards).as(cron + " " + zone).isEqualTo(forwards);
      assertThat(forwards).isSorted().doesNotHaveDuplicates();
    }
  }

  /** Once each day of two years, whatever the clocks do; and once each hour that passes. */
  @Test
  void noDayAndNoHourIsLeftOutOrDoubled() {
    for (String zone : List.of("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")) {
      for (int hour : new int[] {0, 1, 2, 3, 12, 23}) {
        assertThat(moments("30 " + hour + " * * *", zone)).hasSize(730);
      }
      List<Instant> hourly = moments("0 * * * *", zone);
      for (int i = 1; i < hourly.size(); i++) {
        assertThat(Duration.between(hourly.get(i - 1), hourly.get(i)))
            .isBetween(Duration.ofMinutes(30), Duration.ofMinutes(90));
      }
    }
    assertThat(moments("0 * * * *", "Europe/Berlin")).hasSize(730 * 24);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // the moment that was missed is known once the one after it has come
        "0 * * * *  | UTC           | 2026-11-20T10:04:00Z | 2026-11-20T11:59:59Z |",
        "0 * * * *  | UTC           | 2026-11-20T10:04:00Z | 2026-11-20T12:00:00Z | 2026-11-20T11:00:00Z",
        "0 * * * *  | UTC           | 2026-11-20T10:00:00Z | 2026-11-20T12:00:00Z | 2026-11-20T11:00:00Z",
        "0 * * * *  | UTC           | 2026-11-20T11:00:00Z | 2026-11-20T12:00:00Z |",
        "0 4 * * SUN | UTC          | 2026-11-15T04:10:00Z | 2026-11-29T03:59:00Z |",
        "0 4 * * SUN | UTC          | 2026-11-15T04:10:00Z | 2026-12-30T00:00:00Z | 2026-11-22T04:00:00Z",
        // a day of 23 hours, and one of 25
        "30 2 * * * | Europe/Berlin | 2026-03-28T01:31:00Z | 2026-03-30T00:29:59Z |",
        "30 2 * * * | Europe/Berlin | 2026-03-28T01:31:00Z | 2026-03-30T00:30:00Z | 2026-03-29T01:00:00Z",
        "30 2 * * * | Europe/Berlin | 2026-10-24T00:31:00Z | 2026-10-26T01:29:59Z |",
        "30 2 * * * | Europe/Berlin | 2026-10-24T00:31:00Z | 2026-10-26T01:30:00Z | 2026-10-25T00:30:00Z",
        "30 * * * * | Europe/Berlin | 2026-10-25T00:31:00Z | 2026-10-25T02:29:59Z |",
        "30 * * * * | Europe/Berlin | 2026-10-25T00:31:00Z | 2026-10-25T02:30:00Z | 2026-10-25T01:30:00Z",
        // before anything was due
        "0 * * * *  | UTC           | 2026-11-20T10:04:00Z | 2026-11-20T09:00:00Z |",
      })
  void whatIsLateHasMissedAMomentAndSeenTheNext(
      String cron, String zone, Instant done, Instant now, @Nullable Instant missed) {
    assertThat(Timetable.of(cron, zone).missedSince(done, now))
        .isEqualTo(Optional.ofNullable(missed));
  }

  private static List<Instant> moments(String cron, String zone) {
    Timetable table = Timetable.of(cron, zone);
    Instant end = Instant.parse("2028-01-01T12:00:00Z").minus(Duration.ofDays(1));
    List<Instant> moments = new ArrayList<>();
    Instant at = Instant.parse("2025-12-31T12:00:00Z");
    while (true) {
      at = table.firstAfter(at).orElseThrow();
      if (at.isAfter(end)) {
        return moments;
      }
      moments.add(at);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nightly",
        "* * * *",
        "* * * * * *",
        "61 * * * *",
        "0 25 * * *",
        "0 0 31 2 *",
        "a b c d e"
      })
  void whatIsNoExpressionIsRefused(String cron) {
    assertThatThrownBy(() -> Timetable.of(cron, "UTC"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(cron);
  }

  @Test
  void whatIsNoTimeZoneIsRefused() {
    assertThatThrownBy(() -> Timetable.of("0 0 * * *", "Europe/Atlantis"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("'Europe/Atlantis' is no time zone that is known");
  }
}
