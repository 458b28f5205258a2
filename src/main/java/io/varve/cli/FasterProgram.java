package io.varve.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.graalvm.nativeimage.UnmanagedMemory;
import org.graalvm.nativeimage.c.function.CFunction;
import org.graalvm.nativeimage.c.type.CCharPointer;
import org.graalvm.nativeimage.c.type.CCharPointerPointer;
import org.graalvm.nativeimage.c.type.CTypeConversion;
import org.graalvm.word.WordFactory;

/**
 * Lets a native executable become the one beside it whose name ends in {@code -sha}, where there is
 * one and the CPU has the instructions that it is compiled for: with them SHA-256, which every row
 * and every part goes through, takes a third of the time. An executable cannot choose by itself:
 * native-image fixes the instructions when it compiles.
 */
final class FasterProgram {

  private static final Path CPUS = Path.of("/proc/cpuinfo");
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  private static final int POINTER_BYTES = 8;

  private FasterProgram() {}

  /** Does not return where there is one; on the JVM there never is. */
  static void takeOver() {
    if (!"runtime".equals(System.getProperty("org.graalvm.nativeimage.imagecode"))) {
      return;
    }
    try {
      Optional<Path> program =
          ProcessHandle.current().info().command().map(own -> Path.of(own + "-sha"));
      if (program.isPresent() && Files.isExecutable(program.get()) && hasShaInstructions()) {
        execute(program.get(), commandLine());
      }
    } catch (IOException notLinux) {
      // this one does the same
    }
  }

  private static boolean hasShaInstructions() throws IOException {
    try (var lines = Files.lines(CPUS)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(flags -> List.of(flags.split(" ")).contains("sha_ni"))
          .orElse(false);
    }
  }

  /** All of it, also what the runtime has taken for itself. */
  private static List<String> commandLine() throws IOException {
    String all = Files.readString(COMMAND_LINE, StandardCharsets.ISO_8859_1);
    return List.of(all.substring(0, all.length() - 1).split("\0", -1));
  }

  private static void execute(Path program, List<String> arguments) {
    CCharPointerPointer array =
        UnmanagedMemory.calloc(WordFactory.unsigned((arguments.size() + 1) * POINTER_BYTES));
    for (int i = 0; i < arguments.size(); i++) {
      array.write(i, bytes(arguments.get(i)));
    }
    try (var path = CTypeConversion.toCString(program.toString())) {
      execv(path.get(), array); // returns only if that program cannot be run
    }
  }

  private static CCharPointer bytes(String latin1) {
    CCharPointer bytes = UnmanagedMemory.calloc(WordFactory.unsigned(latin1.length() + 1));
    for (int i = 0; i < latin1.length(); i++) {
      bytes.write(i, (byte) latin1.charAt(i));
    }
    return bytes;
  }

  @CFunction("execv")
  private static native int execv(CCharPointer path, CCharPointerPointer arguments);
}
