package io.varve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.mysql.cj.jdbc.JdbcStatement;
import io.varve.repository.BackupId;
import io.varve.repository.PartEntry;
import io.varve.testing.CommandLineChild;
import io.varve.testing.CommandLineRun;
import io.varve.testing.FolderCopy;
import io.varve.testing.Numbers;
import io.varve.testing.RepositoryFiles;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** {@code varve dump}, in a process of its own: it writes past what a test could capture. */
@TestInstance(Lifecycle.PER_CLASS)
class DumpTest {

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final Path folder;
  private final BackupId backup;
  private final List<PartEntry> parts;

  DumpTest(@TempDir Path folder) {
    this.folder = folder;
    schema.execute(
        "CREATE TABLE nasty (id INT PRIMARY KEY, v VARCHAR(60) CHARACTER SET utf8mb4, b BLOB,"
            + " d DATETIME(6), n DECIMAL(20,4), f DOUBLE) ENGINE=InnoDB",
        "INSERT INTO nasty VALUES (1, 'a\\tb\\nc\\\\d\\'e', UNHEX('00FF095C0A0D1A'),"
            + " '2026-01-02 03:04:05.678901', -1.5000, 0.1), (2, NULL, NULL, NULL, NULL, NULL),"
            + " (3, '', '', '1000-01-01 00:00:00', 0, -1e300), (4, 'N', '\\\\N',"
            + " '9999-12-31 23:59:59.999999', 9999999999999999.9999, 5e-324),"
            + " (5, 'grüße 🦫', 'x', NULL, NULL, 1)",
        "CREATE TABLE many (id INT PRIMARY KEY, v CHAR(100) NOT NULL) ENGINE=InnoDB",
        "INSERT INTO many SELECT n, REPEAT(LEFT(SHA2(n, 256), 20), 5) FROM "
            + Numbers.below(6_000));
    try (TestRepository repository = TestRepository.in(folder)) {
      backup = repository.backup(server, TestRepository.of(schema.name())).id();
      parts =
          repository.source().manifest(backup).tables().stream()
              .filter(table -> table.definition().name().table().equals("many"))
              .flatMap(table -> table.parts().stream())
              .toList();
    }
    assertThat(parts).hasSizeGreaterThan(20);
  }

  @AfterAll
  void close() {
    schema.close();
  }

  private record Dumped(int exitCode, byte[] out, String err) {

    String text() {
      return new String(out, StandardCharsets.UTF_8);
    }
  }

  private List<String> command(String table, String... more) {
    List<String> command =
        CommandLineChild.command(
            "dump", "latest", schema.name() + "." + table, "--store", folder.toUri().toString());
    command.addAll(List.of(more));
    return command;
  }

  private Dumped dump(String table, String... more) throws IOException {
    Path err = Files.createTempFile("varve-dump-", ".err");
    Process process = new ProcessBuilder(command(table, more)).redirectError(err.toFile()).start();
    byte[] out = process.getInputStream().readAllBytes();
    Dumped dumped = new Dumped(process.onExit().join().exitValue(), out, Files.readString(err));
    Files.delete(err);
    return dumped;
  }

  @Test
  void whatIsDumpedLoadsAsTheSameRows() throws Exception {
    Dumped dumped = dump("nasty");
    assertThat(dumped.exitCode()).as(dumped.err()).isZero();
    assertThat(dumped.text()).contains("a\\tb\\nc\\\\d'e", "2\t\\N\t\\N");
    schema.execute("CREATE TABLE loaded LIKE nasty");
    load(dumped.out(), "loaded");
    assertThat(SchemaContents.rows(server, schema.name(), "loaded"))
        .hasSize(5)
        .isEqualTo(SchemaContents.rows(server, schema.name(), "nasty"));
  }

  private void load(byte[] text, String table) throws SQLException, IOException {
    try (Connection connection = schema.connect();
        Statement statement = connection.createStatement();
        InputStream in = new ByteArrayInputStream(text)) {
      statement.unwrap(JdbcStatement.class).setLocalInfileInputStream(in);
      statement.execute(
          "LOAD DATA LOCAL INFILE 'dump' INTO TABLE " + table + " CHARACTER SET binary");
    }
  }

  @Test
  void aHeaderHasTheNamesOfTheColumns() throws IOException {
    Dumped dumped = dump("nasty", "--header");
    assertThat(dumped.text()).startsWith("id\tv\tb\td\tn\tf\n1\t");
  }

  @Test
  void aTableThatIsNotInTheBackupIsNamed() {
    CommandLineRun run =
        CommandLineRun.of(
            "dump", "latest", schema.name() + ".other", "--store", folder.toUri().toString());
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("table " + schema.name() + ".other", "has no such table");
    try (TestRepository repository = TestRepository.in(folder)) {
      assertThat(repository.source().openJobs()).isEmpty();
    }
  }

  @Test
  void theRowsBeforeADamagedPartAreWrittenAndNoneOfIt(@TempDir Path copy) throws IOException {
    FolderCopy.of(folder, copy);
    RepositoryFiles files = new RepositoryFiles(copy);
    files.flipBit(parts.get(3));
    List<String> command =
        CommandLineChild.command(
            "dump", backup.value(), schema.name() + ".many", "--store", copy.toUri().toString());
    Path err = Files.createTempFile("varve-dump-", ".err");
    Process process = new ProcessBuilder(command).redirectError(err.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.onExit().join().exitValue()).isEqualTo(4);
    assertThat(Files.readString(err)).contains(parts.get(3).key(), "SHA-256");
    long before = parts.stream().limit(3).mapToLong(PartEntry::rows).sum();
    assertThat(out.lines().count()).isEqualTo(before);
    try (TestRepository repository = TestRepository.in(copy)) {
      assertThat(repository.source().openJobs()).as("it pins nothing any more").isEmpty();
    }
  }

  /** As {@code varve dump ... | head -1} does. */
  @Test
  void aPipeThatIsClosedEndsItQuietly() throws Exception {
    Path err = Files.createTempFile("varve-dump-", ".err");
    Process process = new ProcessBuilder(command("many")).redirectError(err.toFile()).start();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8), 100)) {
      assertThat(reader.readLine()).startsWith("0\t");
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(Files.readString(err)).isEmpty();
  }

  /** A file that ends in the middle must not look whole. */
  @Test
  void aDiskThatIsFullIsAnError() throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "not checked: no /dev/full");
    Path err = Files.createTempFile("varve-dump-", ".err");
    Process process =
        new ProcessBuilder(command("many"))
            .redirectOutput(full.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.onExit().join().exitValue()).isEqualTo(3);
    assertThat(Files.readString(err)).contains("No space left", "not the whole table");
  }
}
