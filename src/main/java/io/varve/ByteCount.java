package io.varve;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes as people write it: {@code 32M} or {@code 32MiB}, in units of 1,024. */
public final class ByteCount {

  private static final Pattern FORM = Pattern.compile("([0-9]{1,12})\\s*([KMG]?)(?:I?B)?");
  private static final Map<String, Long> UNITS =
      Map.of("", 1L, "K", 1L << 10, "M", 1L << 20, "G", 1L << 30);

  private ByteCount() {}

  /** Empty where the text is no such number, or one that is too large to count. */
  public static OptionalLong parse(String text) {
    Matcher matcher = FORM.matcher(text.strip().toUpperCase(Locale.ROOT));
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    long number = Long.parseLong(matcher.group(1));
    long unit = UNITS.getOrDefault(matcher.group(2), 1L);
    return number > Long.MAX_VALUE / unit ? OptionalLong.empty() : OptionalLong.of(number * unit);
  }
}
