package io.varve.codec;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The compressor's shared library. It would unpack itself into the temporary folder, which a
 * function with a read-only disk does not have: in {@code function.zip} it lies beside the program.
 */
public final class CompressionLibrary {

  private static final String PROPERTY = "ZstdNativePath";
  private static final String NAME = "libzstd-jni.so";

  private CompressionLibrary() {}

  /** Before its first use. Where none lies there, it unpacks itself. */
  public static void useTheOneBesideTheProgram() {
    ProcessHandle.current()
        .info()
        .command()
        .map(program -> Path.of(program).resolveSibling(NAME))
        .filter(Files::isReadable)
        .ifPresent(library -> System.setProperty(PROPERTY, library.toString()));
  }
}
