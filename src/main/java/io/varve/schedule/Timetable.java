package io.varve.schedule;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.field.CronFieldName;
import com.cronutils.model.field.expression.Always;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.varve.InvalidRequestException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The moments of a cron expression in a time zone: five fields, as cron has them, to the minute.
 *
 * <p>Where clocks are put forward, a moment whose local time does not exist comes right after the
 * change; where they are put back, one whose local time comes twice is the first of the two. So it
 * is with crons of Vixie's line. An expression with {@code *} for the hour means every hour that
 * passes: it leaves none out and knows both of the same name.
 *
 * <p>Immutable.
 */
public final class Timetable {

  /** Clocks are changed twice a year, nearly everywhere; a leap day may be eight years away. */
  private static final int MOST_PERIODS = 40;

  private static final LocalDateTime LONG_AGO = LocalDateTime.of(1900, 1, 1, 0, 0);

  private static final CronParser PARSER =
      new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

  private final String expression;
  private final ZoneId zone;
  private final ExecutionTime localTimes;
  private final boolean isEachHour;

  private Timetable(String expression, ZoneId zone, Cron cron) {
    this.expression = expression;
    this.zone = zone;
    this.localTimes = ExecutionTime.forCron(cron);
    this.isEachHour = cron.retrieve(CronFieldName.HOUR).getExpression() instanceof Always;
  }

  /**
   * Understands an expression.
   *
   * @param expression such as {@code 30 2 * * *} or {@code 0 4 * * SUN}
   * @param zone such as {@code Europe/Berlin}
   * @throws InvalidRequestException if either cannot be understood, or no moment ever comes
   */
  public static Timetable of(String expression, String zone) {
    Timetable table = new Timetable(expression, zone(zone), cron(expression));
    if (table.localTimes.nextExecution(ZonedDateTime.now(ZoneOffset.UTC)).isEmpty()) {
      throw wrong("'" + expression + "' never comes");
    }
    return table;
  }

  /**
   * A time zone, unchanged.
   *
   * @throws InvalidRequestException if it is none that is known
   */
  public static String requireZone(String zone) {
    return zone(zone).getId();
  }

  private static ZoneId zone(String zone) {
    try {
      return ZoneId.of(zone);
    } catch (DateTimeException unknown) {
      throw wrong("'" + zone + "' is no time zone that is known, such as Europe/Berlin or UTC");
    }
  }

  private static Cron cron(String expression) {
    try {
      return PARSER.parse(expression.strip()).validate();
    } catch (IllegalArgumentException notUnderstood) {
      throw wrong(
          "'"
              + expression
              + "' is no cron expression of five fields, such as 30 2 * * *: "
              + notUnderstood.getMessage());
    }
  }

  private static InvalidRequestException wrong(String reason) {
    return new InvalidRequestException(
        "understand", "a schedule", reason, "The fields are minute, hour, day, month, weekday.");
  }

  public String expression() {
    return expression;
  }

  public ZoneId zone() {
    return zone;
  }

  /**
   * The moment that nobody has kept since something was done: the first after it, once the one that
   * follows has come as well. Empty where it is not late, or nothing comes.
   *
   * @param done when it was last done
   */
  public Optional<Instant> missedSince(Instant done, Instant now) {
    Optional<Instant> due = firstAfter(done);
    return due.flatMap(this::firstAfter).filter(following -> !following.isAfter(now)).isPresent()
        ? due
        : Optional.empty();
  }

  /** The last moment that is not after another; empty if there was none in the years before. */
  public Optional<Instant> lastUpTo(Instant until) {
    ZoneRules rules = zone.getRules();
    Instant to = until;
    for (int i = 0; i < MOST_PERIODS; i++) {
      Period period = Period.of(rules, to);
      LocalDateTime minute = period.local(to).truncatedTo(ChronoUnit.MINUTES);
      Optional<Instant> last =
          last(minute.plusMinutes(1))
              .filter(time -> !time.isBefore(firstNew(period)))
              .map(period::instant)
              .or(() -> missed(period));
      if (last.isPresent() || period.begin() == null) {
        return last;
      }
      to = period.begin().getInstant().minusNanos(1);
    }
    return Optional.empty();
  }

  /** The first moment that is after another; empty if there is none in the years to come. */
  public Optional<Instant> firstAfter(Instant after) {
    ZoneRules rules = zone.getRules();
    Period period = Period.of(rules, after);
    LocalDateTime from = period.local(after);
    for (int i = 0; i < MOST_PERIODS; i++) {
      LocalDateTime justBefore = firstNew(period).minusMinutes(1);
      Optional<Instant> first =
          next(from.isBefore(justBefore) ? justBefore : from)
              .map(period::instant)
              .filter(period::holds);
      if (first.isPresent() || period.end() == null) {
        return first;
      }
      Instant change = period.end().getInstant();
      period = Period.of(rules, change);
      Optional<Instant> missed = missed(period);
      if (missed.isPresent()) {
        return missed;
      }
      from = period.local(change).minusMinutes(1);
    }
    return Optional.empty();
  }

  /** The local time before another. */
  private Optional<LocalDateTime> last(LocalDateTime before) {
    return localTimes
        .lastExecution(before.atZone(ZoneOffset.UTC))
        .map(ZonedDateTime::toLocalDateTime);
  }

  /** The local time after another. */
  private Optional<LocalDateTime> next(LocalDateTime after) {
    return localTimes
        .nextExecution(after.truncatedTo(ChronoUnit.MINUTES).atZone(ZoneOffset.UTC))
        .map(ZonedDateTime::toLocalDateTime);
  }

  /** The first local time of a period that is not one of the period before as well. */
  private LocalDateTime firstNew(Period period) {
    ZoneOffsetTransition begin = period.begin();
    if (begin == null) {
      return LONG_AGO;
    }
    return begin.isOverlap() && !isEachHour ? begin.getDateTimeBefore() : begin.getDateTimeAfter();
  }

  /** The beginning of a period, if the clocks have jumped over a moment there. */
  private Optional<Instant> missed(Period period) {
    ZoneOffsetTransition begin = period.begin();
    if (begin == null || begin.isOverlap() || isEachHour) {
      return Optional.empty();
    }
    return next(begin.getDateTimeBefore().minusMinutes(1))
        .filter(time -> time.isBefore(begin.getDateTimeAfter()))
        .map(time -> begin.getInstant());
  }

  /** A time during which the clocks are not changed: local times go with instants one by one. */
  private record Period(
      ZoneOffset offset, @Nullable ZoneOffsetTransition begin, @Nullable ZoneOffsetTransition end) {

    static Period of(ZoneRules rules, Instant within) {
      return new Period(
          rules.getOffset(within),
          rules.previousTransition(within.plusNanos(1)),
          rules.nextTransition(within));
    }

    LocalDateTime local(Instant instant) {
      return LocalDateTime.ofInstant(instant, offset);
    }

    Instant instant(LocalDateTime local) {
      return local.toInstant(offset);
    }

    boolean holds(Instant instant) {
      return end == null || instant.isBefore(end.getInstant());
    }
  }
}
