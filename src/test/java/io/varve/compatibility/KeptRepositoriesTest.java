package io.varve.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.cli.VarveCommand;
import io.varve.testing.FolderCopy;
import io.varve.testing.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every repository that a release has written stays restorable. Each lies in
 * src/test/resources/repositories, beside what its tables held when it was made ({@code rows.txt}:
 * name, primary key, then every column in HEX, as the server printed it).
 */
class KeptRepositoriesTest {

  private static final Path REPOSITORIES = Path.of("src/test/resources/repositories");

  static List<Path> repositories() throws IOException {
    try (Stream<Path> folders = Files.list(REPOSITORIES)) {
      return folders.filter(Files::isDirectory).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("repositories")
  void restores(Path kept, @TempDir Path copy) throws IOException {
    TestServer server = TestServer.shared();
    // what a server of one flavour wrote is for servers of that flavour
    Assumptions.assumeTrue(
        server.isMariaDb() == kept.getFileName().toString().endsWith("mariadb"),
        "not checked: " + kept + " is of another kind of server");
    String schema = "kept_" + Math.abs(kept.getFileName().hashCode());
    server.execute("DROP DATABASE IF EXISTS " + schema);
    try {
      FolderCopy.of(kept.resolve("repository"), copy); // a restore leaves its record there
      ByteArrayOutputStream printed = new ByteArrayOutputStream();
      int code =
          VarveCommand.execute(
              new PrintStream(printed, true, StandardCharsets.UTF_8),
              System.err,
              "restore",
              "--json",
              "--store=" + copy.toUri(),
              "--target=" + server.uri(),
              "--allow-public-key-retrieval",
              "--rename=kept=" + schema);
      assertThat(code).isZero();
      assertThat(printed.toString(StandardCharsets.UTF_8)).contains("\"verified\":true");
      assertThat(KeptRepository.rows(server, schema))
          .isEqualTo(Files.readString(kept.resolve("rows.txt")));
    } finally {
      server.execute("DROP DATABASE IF EXISTS " + schema);
    }
  }
}
