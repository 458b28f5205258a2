package io.varve.cli;

import io.varve.WrittenDuration;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 90s}, {@code 10m}, {@code 2h}, {@code 7d}, {@code 4w}, {@code 1y}. */
final class TimeSpan implements ITypeConverter<Duration> {

  @Override
  public Duration convert(String text) {
    return WrittenDuration.parse(text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'" + text + "' is no time: use a number and s, m, h, d, w or y, as in 10m"));
  }
}
