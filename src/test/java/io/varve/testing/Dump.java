package io.varve.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the server's own dump tool says of a schema: {@code VARVE_TEST_DUMP}, a command, or the
 * {@code mariadb-dump} that comes with the embedded server.
 */
public final class Dump {

  private Dump() {}

  /** The dump as text, the schema's own name left out, a line for each row, without comments. */
  public static String of(TestServer server, String schema) {
    List<String> command = new ArrayList<>(List.of(tool(server).split(" ")));
    command.addAll(
        List.of(
            "--no-defaults",
            "--host=" + server.host(),
            "--port=" + server.port(),
            "--user=" + server.user(),
            "--protocol=tcp",
            "--default-character-set=utf8mb4",
            "--single-transaction",
            "--skip-comments",
            "--hex-blob",
            "--skip-extended-insert",
            "--order-by-primary",
            "--routines",
            "--triggers",
            "--events"));
    command.add(server.isMariaDb() ? "--skip-ssl" : "--set-gtid-purged=OFF");
    command.add(schema);
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
      builder.environment().put("MYSQL_PWD", server.password());
      Process process = builder.start();
      // bytes of any charset: as latin1 none is lost
      String text =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      int code = process.onExit().join().exitValue();
      if (code != 0) {
        throw new IllegalStateException(command + " ended with " + code);
      }
      return text.replace(schema, "SCHEMA");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String tool(TestServer server) {
    String named = System.getenv("VARVE_TEST_DUMP");
    if (named != null && !named.isBlank()) {
      return named;
    }
    Path embedded = Path.of("target/embedded/mariadb/bin/mariadb-dump");
    if (!server.isMariaDb()) {
      return "mysqldump";
    }
    return Files.isExecutable(embedded) ? embedded.toString() : "mariadb-dump";
  }
}
