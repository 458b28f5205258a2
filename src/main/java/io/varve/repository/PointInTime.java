package io.varve.repository;

import io.varve.InvalidRequestException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;

/** A time as a user writes it: ISO 8601; UTC where it names no zone; a date means its end. */
final class PointInTime {

  private PointInTime() {}

  static Instant parse(String text) {
    String iso = text.strip().replace(' ', 'T');
    try {
      if (iso.length() <= 10) {
        return LocalDate.parse(iso).atTime(LocalTime.MAX).toInstant(ZoneOffset.UTC);
      }
      boolean zoned = iso.endsWith("Z") || iso.substring(10).matches(".*[+-].*");
      return zoned
          ? OffsetDateTime.parse(iso).toInstant()
          : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
    } catch (DateTimeParseException e) {
      throw new InvalidRequestException(
          "find the backup",
          text,
          "it is neither an id, nor latest, nor a time",
          "Write an id that varve list shows, latest, or a time such as 2026-11-20T07:00:00Z.",
          e);
    }
  }
}
