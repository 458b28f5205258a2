package io.varve.testing;

import io.varve.cli.InterruptibleRun;
import io.varve.cli.VarveCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A command line in a process of its own, to be killed. It starts faster than the program does, for
 * it is only its commands, with the same shutdown hook.
 */
public final class CommandLineChild implements AutoCloseable {

  private final Process process;
  private final Path output;

  private CommandLineChild(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /** What runs in the child. */
  public static void main(String[] args) {
    System.exit(InterruptibleRun.run(() -> VarveCommand.execute(System.out, System.err, args)));
  }

  public static CommandLineChild start(TestServer server, String... args) {
    try {
      Path output = Files.createTempFile("varve-child-", ".log");
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.add(CommandLineChild.class.getName());
      command.addAll(List.of(args));
      command.addAll(List.of("--allow-public-key-retrieval", "--quiet"));
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
      builder.environment().put("VARVE_SOURCE_PASSWORD", server.password());
      builder.environment().put("VARVE_TARGET_PASSWORD", server.password());
      return new CommandLineChild(builder.start(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** {@code kill -9}, and waits for the end. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** {@code kill -TERM}, and waits for the end. */
  public int terminate() {
    process.destroy();
    return await();
  }

  /** Waits for the end. */
  public int await() {
    return process.onExit().join().exitValue();
  }

  /** All that it has printed. */
  public String text() {
    try {
      return Files.readString(output, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    kill();
    try {
      Files.deleteIfExists(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
