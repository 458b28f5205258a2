package io.varve.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgendaTest {

  private static final Instant NEW_YEAR = Instant.parse("2026-01-01T00:00:30Z");
  private static final Instant YEARS_END = Instant.parse("2027-01-01T00:00:30Z");
  private static final Duration TICK = Duration.ofSeconds(20);

  private static final Map<String, Schedule> SCHEDULES =
      Map.of(
          "nightly", schedule("nightly", "30 2 * * *", "Europe/Berlin", 0),
          "early", schedule("early", "0 2 * * *", "America/New_York", 600),
          "hourly", schedule("hourly", "5 * * * *", "Europe/Berlin", 0),
          "often", schedule("often", "*/15 1-3 * * *", "Europe/Berlin", 60),
          "weekly", schedule("weekly", "0 4 * * SUN", "Australia/Lord_Howe", 3600));

  private static Schedule schedule(String name, String cron, String zone, int jitterSeconds) {
    return new Schedule(name, Timetable.of(cron, zone), Duration.ofSeconds(jitterSeconds));
  }

  /** A clock that goes on when it is told to. */
  private static final class Simulation {
    private Instant now;

    Simulation(Instant now) {
      this.now = now;
    }

    Clock clock() {
      InstantSource source = () -> now;
      return source.withZone(ZoneOffset.UTC);
    }
  }

  /** A year with a server that is always there: each moment of each schedule begins, once. */
  @Test
  void aYearOfSchedulesBeginsEachMomentOnce() {
    Simulation time = new Simulation(NEW_YEAR);
    Map<String, List<Instant>> begun = new HashMap<>();
    Agenda agenda = agenda(Map.of());
    while (time.now.isBefore(YEARS_END)) {
      Instant now = time.clock().instant();
      for (Agenda.Due due : agenda.due(now, name -> false)) {
        assertThat(now)
            .isBetween(due.moment(), due.moment().plus(named(due.name()).jitter()).plus(TICK));
        begun.computeIfAbsent(due.name(), name -> new ArrayList<>()).add(due.moment());
        agenda.begun(due.name(), due.moment());
      }
      time.now = now.plus(TICK);
    }
    SCHEDULES.forEach(
        (name, schedule) ->
            assertThat(begun.get(name))
                .as(name)
                .isEqualTo(moments(schedule, NEW_YEAR, YEARS_END.minus(schedule.jitter()))));
    assertThat(begun.get("nightly")).hasSize(365);
    assertThat(begun.get("hourly")).hasSize(365 * 24);
  }

  /**
   * A year with two servers that stop and start when they like, and runs that last: no moment
   * begins twice, none while another of its schedule is at work; and each that nobody began has one
   * after it that was, as soon as anybody could.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aYearWithRestartsAndLongRunsLosesAndDoublesNothing(long seed) {
    Random random = new Random(seed);
    Simulation time = new Simulation(NEW_YEAR);
    Map<String, Instant> stored = new TreeMap<>();
    Map<String, Instant> busyUntil = new HashMap<>();
    Map<String, Instant> freeSince = new HashMap<>();
    Set<Agenda.Due> begun = new HashSet<>();
    List<Optional<Agenda>> servers =
        new ArrayList<>(List.of(Optional.of(agenda(stored)), Optional.of(agenda(stored))));
    Instant someoneSince = NEW_YEAR;
    while (time.now.isBefore(YEARS_END)) {
      Instant now = time.clock().instant();
      for (int i = 0; i < servers.size(); i++) {
        if (random.nextInt(5_000) == 0) {
          boolean wasAnyone = servers.stream().anyMatch(Optional::isPresent);
          servers.set(
              i, servers.get(i).isPresent() ? Optional.empty() : Optional.of(agenda(stored)));
          if (!wasAnyone) {
            someoneSince = now;
          }
        }
        Optional<Agenda> server = servers.get(i);
        if (server.isEmpty()) {
          continue;
        }
        for (Agenda.Due due :
            server.get().due(now, name -> busyUntil.getOrDefault(name, NEW_YEAR).isAfter(now))) {
          Instant known = stored.getOrDefault(due.name(), NEW_YEAR);
          if (!due.moment().isAfter(known)) {
            server.get().begun(due.name(), known); // the other one was first
            continue;
          }
          assertThat(begun.add(due)).as("begins once: " + due).isTrue();
          Instant possible =
              latest(due.moment(), someoneSince, freeSince.getOrDefault(due.name(), NEW_YEAR));
          Duration late = named(due.name()).jitter().plus(TICK.multipliedBy(2));
          assertThat(now).as("begins in time: " + due).isBefore(possible.plus(late));
          assertThat(moments(named(due.name()), due.moment(), now.minus(late)))
              .as("is the newest: " + due)
              .isEmpty();
          stored.put(due.name(), due.moment());
          server.get().begun(due.name(), due.moment());
          Instant end = now.plusSeconds(random.nextInt(2_400));
          busyUntil.put(due.name(), end);
          freeSince.put(due.name(), end);
        }
      }
      time.now = now.plus(TICK);
    }
    assertThat(begun).hasSizeGreaterThan(2_000);
  }

  private static Instant latest(Instant... instants) {
    return Stream.of(instants).max(Comparator.naturalOrder()).orElseThrow();
  }

  private static Schedule named(String name) {
    return Objects.requireNonNull(SCHEDULES.get(name));
  }

  /** Clocks of machines are put back too. */
  @Test
  void aClockThatIsPutBackBeginsNothingAgain() {
    Agenda agenda = agenda(Map.of());
    Instant now = Instant.parse("2026-03-03T01:30:10Z");
    assertThat(agenda.due(now, name -> false)).contains(new Agenda.Due("nightly", at("01:30")));
    agenda.begun("nightly", at("01:30"));
    assertThat(agenda.due(now.minusSeconds(3600), "hourly"::equals))
        .noneMatch(due -> due.name().equals("nightly"));
    assertThat(agenda.due(now, "hourly"::equals)).noneMatch(due -> due.name().equals("nightly"));
    assertThat(agenda.next("nightly", now)).contains(at("01:30").plus(Duration.ofDays(1)));
  }

  @Test
  void theBeginOfAMomentIsLateByTheSameTimeEachTimeAndByAnotherForAnotherName() {
    Set<Instant> begins = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      Schedule schedule = schedule("backup of " + i, "0 2 * * *", "UTC", 3600);
      Instant begin = schedule.next(at("01:00"), at("01:00")).orElseThrow().begin();
      assertThat(begin).isBetween(at("02:00"), at("02:59"));
      assertThat(schedule.next(at("01:00"), at("01:30")).orElseThrow().begin()).isEqualTo(begin);
      begins.add(begin);
    }
    assertThat(begins).hasSizeGreaterThan(40);
  }

  private static Instant at(String time) {
    return Instant.parse("2026-03-03T" + time + ":00Z");
  }

  private static Agenda agenda(Map<String, Instant> stored) {
    Agenda agenda = new Agenda();
    SCHEDULES.forEach(
        (name, schedule) -> agenda.add(schedule, stored.getOrDefault(name, NEW_YEAR)));
    return agenda;
  }

  private static List<Instant> moments(Schedule schedule, Instant after, Instant until) {
    List<Instant> moments = new ArrayList<>();
    Optional<Instant> at = schedule.timetable().firstAfter(after);
    while (at.isPresent() && !at.get().isAfter(until)) {
      moments.add(at.get());
      at = schedule.timetable().firstAfter(at.get());
    }
    return moments;
  }
}
