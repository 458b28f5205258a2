package io.varve.repository;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a backup: UTC time to the second, kind, some random characters; sorts by time. {@code
 * 20261120T070000Z-full-k3f9}.
 */
public record BackupId(String value) implements Comparable<BackupId> {

  static final Pattern FORM =
      Pattern.compile("([0-9]{8}T[0-9]{6}Z)-(full|incremental)-[a-z0-9]{4,16}");
  private static final Pattern TIMED = Pattern.compile("([0-9]{8}T[0-9]{6}Z)(-.*)?");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

  public BackupId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not a backup's id: " + value);
    }
  }

  /** A new id for a backup of this moment. */
  public static BackupId next(Instant now, BackupKind kind) {
    return new BackupId(timeOf(now) + "-" + kind.word() + "-" + random(6));
  }

  /** As ids and names begin with: they sort by it. */
  public static String timeOf(Instant now) {
    return TIME.format(now);
  }

  public BackupKind kind() {
    return value.contains("-" + BackupKind.FULL.word() + "-")
        ? BackupKind.FULL
        : BackupKind.INCREMENTAL;
  }

  public static Optional<BackupId> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new BackupId(text)) : Optional.empty();
  }

  /** The time that a name begins with, as ids and the names of jobs do; empty where it is none. */
  public static Optional<Instant> timeIn(String name) {
    Matcher matcher = TIMED.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.from(TIME.parse(matcher.group(1))));
    } catch (DateTimeParseException noTime) {
      return Optional.empty();
    }
  }

  public Instant time() {
    Matcher matcher = FORM.matcher(value);
    if (!matcher.matches()) {
      throw new IllegalStateException("checked when made");
    }
    try {
      return Instant.from(TIME.parse(matcher.group(1)));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("not a time: " + value, e);
    }
  }

  public static String random(int length) {
    SecureRandom random = new SecureRandom();
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }

  @Override
  public int compareTo(BackupId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
