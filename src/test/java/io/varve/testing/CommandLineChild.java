package io.varve.testing;

import io.varve.cli.InterruptibleRun;
import io.varve.cli.VarveCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A command line in a process of its own, to be killed. It is the program that the property {@code
 * varve.test.program} names; without one only its commands, with the same shutdown hook: that
 * starts faster, and needs no program built.
 */
public final class CommandLineChild implements AutoCloseable {

  private static final int KILLED = 128 + 9;

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
    return start(server, Map.of(), args);
  }

  /**
   * @param environment more variables, such as those that lead to a store
   */
  public static CommandLineChild start(
      TestServer server, Map<String, String> environment, String... args) {
    try {
      Path output = Files.createTempFile("varve-child-", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(command(args))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().put("VARVE_SOURCE_PASSWORD", server.password());
      builder.environment().put("VARVE_TARGET_PASSWORD", server.password());
      // not as options, which not every command has
      builder.environment().put("VARVE_ALLOW_PUBLIC_KEY_RETRIEVAL", "true");
      builder.environment().put("VARVE_QUIET", "true");
      builder.environment().putAll(environment);
      return new CommandLineChild(builder.start(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A backup of one schema into a folder, as {@link TestRepository#SOURCE}. */
  public static CommandLineChild backup(
      TestServer server, Path folder, String schema, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "backup",
                "--store",
                folder.toUri().toString(),
                "--source",
                server.uri(),
                "--name",
                TestRepository.SOURCE,
                "--include",
                schema,
                "--part-size",
                "64K"));
    args.addAll(List.of(more));
    return start(server, args.toArray(String[]::new));
  }

  /** What runs these arguments in a process of its own. */
  public static List<String> command(String... args) {
    List<String> command = new ArrayList<>();
    if (System.getProperty("os.name").equals("Linux")) {
      // a child of a shell's background job inherits that SIGINT is ignored
      command.addAll(List.of("env", "--default-signal=INT"));
    }
    String program = System.getProperty("varve.test.program", "");
    command.addAll(program.isEmpty() ? commandsOnly() : List.of(program));
    command.addAll(List.of(args));
    return command;
  }

  private static List<String> commandsOnly() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "--enable-native-access=ALL-UNNAMED", // or Java's warning is among what is printed
        "-cp",
        System.getProperty("java.class.path"),
        CommandLineChild.class.getName());
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** {@code kill -9}, and waits for the end. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Waits for the end, and tells whether {@link #kill} was what brought it about. */
  public boolean wasKilled() {
    return await() == KILLED;
  }

  /**
   * Sends a signal, and waits for the end.
   *
   * @param signal {@code INT}, which is Ctrl-C, or {@code TERM}
   */
  public int signal(String signal) {
    send(signal);
    return await();
  }

  /** {@code SIGSTOP}: it stands still until it is told to go on. */
  public void pause() {
    send("STOP");
  }

  /** {@code SIGCONT}. */
  public void goOn() {
    send("CONT");
  }

  private void send(String signal) {
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
          .start()
          .onExit()
          .join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the end. */
  public int await() {
    return process.onExit().join().exitValue();
  }

  /** Waits for the end, but no longer than so. */
  public boolean endsWithin(Duration time) {
    try {
      return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
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
