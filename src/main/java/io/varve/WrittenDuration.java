package io.varve;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How people write a duration: {@code 90s}, {@code 10m}, {@code 2h}, {@code 7d}, {@code 1y}. */
public final class WrittenDuration {

  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,8})([smhdwy])");

  private WrittenDuration() {}

  /** Empty where it is none. */
  public static Optional<Duration> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          case "d" -> Duration.ofDays(number);
          case "w" -> Duration.ofDays(7 * number);
          default -> Duration.ofDays(365 * number);
        });
  }
}
