package io.varve.cli;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A size as {@code 32M} or {@code 32MiB}: units of 1,024. */
final class ByteSize implements ITypeConverter<Long> {

  private static final Pattern FORM = Pattern.compile("([0-9]{1,12})\\s*([KMG]?)(?:I?B)?");
  private static final Map<String, Long> UNITS =
      Map.of("", 1L, "K", 1L << 10, "M", 1L << 20, "G", 1L << 30);

  @Override
  public Long convert(String text) {
    Matcher matcher = FORM.matcher(text.strip().toUpperCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new TypeConversionException("'" + text + "' is no size: write it as 32M");
    }
    return Math.multiplyExact(
        Long.parseLong(matcher.group(1)), UNITS.getOrDefault(matcher.group(2), 1L));
  }
}
