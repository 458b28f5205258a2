package io.varve.cli;

import io.varve.ByteCount;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A size as {@code 32M} or {@code 32MiB}: units of 1,024. */
final class ByteSize implements ITypeConverter<Long> {

  @Override
  public Long convert(String text) {
    return ByteCount.parse(text)
        .orElseThrow(
            () -> new TypeConversionException("'" + text + "' is no size: write it as 32M"));
  }
}
