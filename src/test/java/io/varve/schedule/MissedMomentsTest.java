package io.varve.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MissedMomentsTest {

  private static Instant at(String time) {
    return Instant.parse("2026-" + time + ":00Z");
  }

  private static NavigableSet<Instant> done(String... times) {
    return new TreeSet<>(Stream.of(times).map(MissedMomentsTest::at).toList());
  }

  @Test
  void aMomentIsKeptByWhatIsDoneBeforeTheNext() {
    MissedMoments hourly = new MissedMoments(Timetable.of("0 * * * *", "UTC"));
    NavigableSet<Instant> done = done("11-20T10:00", "11-20T11:59", "11-20T15:30");
    Instant after = at("11-20T09:30");
    assertThat(hourly.of(done, after, at("11-20T13:59")))
        .containsExactly(at("11-20T12:00")); // that of 13:00 may still come
    assertThat(hourly.of(done, after, at("11-20T16:30")))
        .containsExactly(at("11-20T12:00"), at("11-20T13:00"), at("11-20T14:00"));
    // asked for less, and for more again
    assertThat(hourly.of(done, at("11-20T13:00"), at("11-20T16:30")))
        .containsExactly(at("11-20T14:00"));
    assertThat(hourly.of(done, at("11-20T07:30"), at("11-20T18:00")))
        .containsExactly(
            at("11-20T08:00"),
            at("11-20T09:00"),
            at("11-20T12:00"),
            at("11-20T13:00"),
            at("11-20T14:00"),
            at("11-20T16:00"),
            at("11-20T17:00"));
  }

  @Test
  void clocksThatAreChangedMissNothing() {
    MissedMoments nightly = new MissedMoments(Timetable.of("30 2 * * *", "Europe/Berlin"));
    NavigableSet<Instant> done =
        done("03-28T01:31", "03-29T01:01", "03-30T00:31", "10-24T00:31", "10-25T00:31");
    assertThat(nightly.of(done, at("03-28T00:00"), at("03-31T00:00"))).isEmpty();
    done.remove(at("03-29T01:01"));
    assertThat(nightly.of(done, at("03-28T00:00"), at("03-31T00:00")))
        .containsExactly(at("03-29T01:00"));
    assertThat(nightly.of(done, at("10-23T12:00"), at("10-26T00:00"))).isEmpty();
  }

  /** A timetable of every minute: only the last weeks are looked at. */
  @Test
  void whatComesAllTheTimeIsBounded() {
    MissedMoments often = new MissedMoments(Timetable.of("* * * * *", "UTC"));
    Instant now = at("11-20T12:00");
    List<Instant> missed = often.of(new TreeSet<>(), now.minus(Duration.ofDays(400)), now);
    assertThat(missed).hasSizeBetween(10_000, 20_000).isSorted();
    assertThat(missed.getLast()).isEqualTo(at("11-20T11:59"));
  }
}
