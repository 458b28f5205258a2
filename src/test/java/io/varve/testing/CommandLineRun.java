package io.varve.testing;

import io.varve.cli.VarveCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a command line, run in this process, has printed and answered. */
public record CommandLineRun(int exitCode, String out, String err) {

  /** Runs {@code varve} with these arguments. */
  public static CommandLineRun of(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        VarveCommand.execute(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            args);
    return new CommandLineRun(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** As {@link #of}, logged in by a password file. */
  public static CommandLineRun withLogin(TestServer server, String... args) {
    try (PasswordFile file = PasswordFile.of(server.password())) {
      List<String> all = new ArrayList<>(List.of(args));
      all.addAll(
          List.of(
              "--password-file",
              file.path().toString(),
              "--allow-public-key-retrieval",
              "--quiet"));
      return of(all.toArray(String[]::new));
    }
  }

  /** All that was printed. */
  public String text() {
    return out + err;
  }
}
