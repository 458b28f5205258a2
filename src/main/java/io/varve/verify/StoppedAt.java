package io.varve.verify;

import io.varve.store.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a verification stopped that takes several calls. Parts are read in the order of a hash of
 * their keys, which stays the same whatever backups come and go meanwhile.
 *
 * @param began when the first call did, to the second: this fixes the sample
 * @param position of the last part that was read; empty at the beginning
 */
public record StoppedAt(Instant began, String position) {

  private static final int HEX_DIGITS = 16;
  private static final Pattern TOKEN =
      Pattern.compile("([0-9]{1,11})-([0-9a-f]{" + HEX_DIGITS + "})");

  /** A verification that begins now. */
  static StoppedAt theBeginning(Instant now) {
    return new StoppedAt(now.truncatedTo(ChronoUnit.SECONDS), "");
  }

  /** From the token of a call; empty if it is none. */
  public static Optional<StoppedAt> parse(String token) {
    Matcher matcher = TOKEN.matcher(token);
    return matcher.matches()
        ? Optional.of(
            new StoppedAt(
                Instant.ofEpochSecond(Long.parseLong(matcher.group(1))), matcher.group(2)))
        : Optional.empty();
  }

  /** What the next call is given. */
  public String token() {
    return began.getEpochSecond() + "-" + position;
  }

  StoppedAt after(String partKey) {
    return new StoppedAt(began, position(partKey));
  }

  /** Whether a part comes later in the order. */
  boolean isBefore(String partKey) {
    return position.compareTo(position(partKey)) < 0;
  }

  static String position(String partKey) {
    byte[] hash = Sha256.of(partKey.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash, 0, HEX_DIGITS / 2);
  }
}
