package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.varve.cli.VarveCommand;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Follows docs/restore-without-varve.md literally: runs its shell blocks in their order, and
 * compares what comes of it with the source.
 */
class RestoreWithoutVarveTest {

  private static final Path PAGE = Path.of("docs", "restore-without-varve.md");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\\n(.*?)^```$");
  private static final TestServer SERVER = TestServer.shared();
  private static final String TARGET = "varve_by_hand_" + ProcessHandle.current().pid();

  @TempDir Path folder;

  /** What the page needs is looked for; in CI its absence is a failure. */
  @BeforeAll
  static void requireTools() {
    List<String> missing =
        Stream.of("bash", "jq", "zstd", "sha256sum", client())
            .filter(tool -> !isInstalled(tool))
            .toList();
    if (missing.isEmpty()) {
      return;
    }
    if ("true".equals(System.getenv("CI"))) {
      throw new IllegalStateException("not installed: " + missing);
    }
    System.err.println("### NOT CHECKED: " + PAGE + ", for lack of " + missing);
    assumeTrue(false, "not installed: " + missing);
  }

  private static String client() {
    return isInstalled("mariadb") ? "mariadb" : "mysql";
  }

  private static boolean isInstalled(String tool) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
  }

  @Test
  void thePageBringsADatabaseBack() throws Exception {
    try (TestSchema source = SERVER.freshSchema()) {
      fill(source);
      backUp(source.name());
      try {
        String printed = followThePage(source.name());
        assertThat(printed).contains("everything: 4 rows, equal", "composite: 2000 rows, equal");
        for (String table : List.of("parent", "everything", "no_key", "no_rows", "composite")) {
          assertThat(rows(TARGET, table)).as(table).isEqualTo(rows(source.name(), table));
          assertThat(definition(TARGET, table)).isEqualTo(definition(source.name(), table));
        }
        assertThat(SERVER.rows("SELECT * FROM " + TARGET + ".a_second"))
            .isEqualTo(SERVER.rows("SELECT * FROM " + source.name() + ".a_second"));
        assertThat(programs(TARGET)).isEqualTo(programs(source.name())).hasSize(4);
      } finally {
        SERVER.execute("DROP DATABASE IF EXISTS " + TARGET);
      }
    }
  }

  private static void fill(TestSchema source) {
    source.execute(
        "SET sql_mode='NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES', time_zone='+00:00'",
        "CREATE TABLE parent (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(40), UNIQUE KEY"
            + " by_name (name))",
        "INSERT INTO parent VALUES (0, 'zero'), (1, 'Bjørn'), (2, NULL)",
        "CREATE TABLE everything (id BIGINT UNSIGNED PRIMARY KEY, parent_id INT, i INT, d"
            + " DECIMAL(20,6), y YEAR, f FLOAT, db DOUBLE, dt DATE, tm TIME(3), dtm DATETIME(6), ts"
            + " TIMESTAMP NULL, bt BIT(12), e ENUM('1', '0', 'x', ''), s SET('a', 'b', 'c'), v"
            + " VARCHAR(60), l VARCHAR(60) CHARACTER SET latin1, b VARBINARY(300), t TEXT, lt"
            + " LONGTEXT, bl BLOB, lb LONGBLOB, js JSON, g GEOMETRY, twice BIGINT GENERATED ALWAYS"
            + " AS (i * 2) VIRTUAL, KEY by_v (v), FULLTEXT KEY words (t), CONSTRAINT"
            + " everything_parent FOREIGN KEY (parent_id) REFERENCES parent (id))",
        "INSERT INTO everything (id, parent_id, i, d, y, f, db, dt, tm, dtm, ts, bt, e, s, v, l, b,"
            + " t, lt, bl, lb, js, g) VALUES (1, 0, -5, -1234567890.123456, 2024, 0.1,"
            + " 2.2250738585072014e-307, '2024-02-31', '-12:34:56.789', '2024-02-29"
            + " 23:59:59.999999', '2024-06-01 12:00:00', b'101010101010', '1', 'a,c', 'tab\\there',"
            + " 'Grüße', "
            + allBytes()
            + ", 'line\\nbreak\\r\\n\\\\back', '😀', "
            + allBytes()
            + ", "
            + allBytes()
            + ", '{\"a\": 1.5, \"b\": \"ü\"}', ST_GeomFromText('POINT(1 2)')),"
            + " (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,"
            + " NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),"
            + " (3, 1, 2147483647, 0.000001, 1901, 16777216, 0.1, '9999-12-31', '838:59:59',"
            + " '1000-01-01', '2001-01-01 00:00:01', b'0', '', '', '', '', '', '', '', '', '',"
            + " '[]', NULL),"
            + " (18446744073709551615, NULL, 0, 1, 2155, 3.4e38, 1e308, '0000-00-00', '0:0:0',"
            + " '0000-00-00', '2038-01-19 03:14:07', b'111111111111', 'no member', 'a,b,c', '\\\\N', 'NULL',"
            + " 'N', '\\\\\\\\N', '\\\\0', '\\'\"', 'x', '\"s\"', NULL)",
        "CREATE TABLE no_key (a INT, b VARCHAR(20))",
        "INSERT INTO no_key VALUES (1, 'x'), (1, 'x'), (NULL, NULL)",
        "CREATE TABLE no_rows (id INT PRIMARY KEY)",
        "CREATE TABLE composite (a VARCHAR(20) COLLATE utf8mb4_unicode_ci, b INT, v TEXT, PRIMARY"
            + " KEY (a, b))",
        "INSERT INTO composite SELECT CONCAT('k', n % 97), n, REPEAT('some text ', 8) FROM (WITH"
            + " RECURSIVE counter (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n <"
            + " 1000) SELECT n FROM counter UNION ALL SELECT n + 1000 FROM counter) AS numbers",
        "CREATE VIEW z_first AS SELECT id, name FROM parent",
        "CREATE VIEW a_second AS SELECT name FROM z_first WHERE id > 0",
        "CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN 2 * n",
        "CREATE PROCEDURE forget() BEGIN /* all; of it */ DELETE FROM no_key; END",
        "CREATE TRIGGER trimmed BEFORE INSERT ON parent FOR EACH ROW BEGIN SET NEW.name ="
            + " TRIM(NEW.name); END",
        "CREATE EVENT rarely ON SCHEDULE EVERY 1 YEAR STARTS '2030-01-01 00:00:00' DISABLE DO CALL"
            + " forget()");
  }

  /** Every byte there is. */
  private static String allBytes() {
    StringBuilder hex = new StringBuilder("x'");
    for (int i = 0; i < 256; i++) {
      hex.append(String.format("%02x", i));
    }
    return hex.append('\'').toString();
  }

  private void backUp(String schema) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "backup",
                "--store=" + store(),
                "--source=" + SERVER.uri(),
                "--name=shop",
                "--include=" + schema,
                "--part-size=64K",
                "--allow-public-key-retrieval"));
    if (!SERVER.password().isEmpty()) {
      command.add("--password-file=" + write("password", SERVER.password()));
    }
    assertThat(VarveCommand.execute(System.out, System.err, command.toArray(new String[0])))
        .isZero();
  }

  private String store() {
    return "file://" + folder.resolve("store");
  }

  private Path write(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private String followThePage(String schema) throws Exception {
    Matcher blocks = BLOCK.matcher(Files.readString(PAGE));
    Path script =
        write("steps.sh", blocks.results().map(b -> b.group(1)).collect(Collectors.joining("\n")));
    Path output = folder.resolve("output.txt");
    ProcessBuilder bash = new ProcessBuilder("bash", script.toString());
    bash.directory(Files.createDirectory(folder.resolve("work")).toFile());
    bash.environment()
        .putAll(
            Map.of(
                "STORE",
                store(),
                "SOURCE",
                "shop",
                "BACKUP",
                onlyBackup(),
                "SCHEMA",
                schema,
                "TARGET",
                TARGET,
                "CLIENT",
                client()
                    + " --host="
                    + SERVER.host()
                    + " --port="
                    + SERVER.port()
                    + " --user="
                    + SERVER.user(),
                "MYSQL_PWD",
                SERVER.password()));
    Process process = bash.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    String printed = Files.readString(output);
    assertThat(process.exitValue()).as(printed).isZero();
    return printed;
  }

  private String onlyBackup() throws IOException {
    try (Stream<Path> manifests = Files.list(folder.resolve("store/shop/manifests"))) {
      String name = manifests.findFirst().orElseThrow().getFileName().toString();
      return name.substring(0, name.length() - ".json".length());
    }
  }

  /** Every value such that no two of them look alike. */
  private static List<List<String>> rows(String schema, String table) {
    String columns =
        SERVER
            .rows(
                "SELECT COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA='"
                    + schema
                    + "' AND TABLE_NAME='"
                    + table
                    + "' ORDER BY ORDINAL_POSITION")
            .stream()
            .map(
                column ->
                    switch (column.get(1)) {
                      case "float" -> "CAST(`" + column.getFirst() + "` AS DOUBLE)";
                      case "double", "decimal" -> "`" + column.getFirst() + "`";
                      case "enum", "set", "bit" -> "`" + column.getFirst() + "` + 0";
                      case "date", "time", "datetime", "timestamp" ->
                          "CAST(`" + column.getFirst() + "` AS CHAR)";
                      default -> "HEX(`" + column.getFirst() + "`)";
                    })
            .collect(Collectors.joining(", "));
    return SERVER.rows("SELECT " + columns + " FROM " + schema + "." + table).stream()
        .sorted(Comparator.comparing(List::toString))
        .toList();
  }

  /** The lines of SHOW CREATE TABLE, sorted: keys made later stand elsewhere. */
  private static List<String> definition(String schema, String table) {
    return SERVER
        .rows("SHOW CREATE TABLE " + schema + "." + table)
        .getFirst()
        .get(1)
        .lines()
        .map(line -> line.replaceFirst(",$", ""))
        .sorted()
        .toList();
  }

  /** Routines, triggers and events, with their text and the mode under which they were made. */
  private static List<List<String>> programs(String schema) {
    return SERVER.rows(
        "SELECT ROUTINE_NAME, ROUTINE_DEFINITION, SQL_MODE FROM information_schema.ROUTINES WHERE"
            + " ROUTINE_SCHEMA='"
            + schema
            + "' UNION ALL SELECT TRIGGER_NAME, ACTION_STATEMENT, SQL_MODE FROM"
            + " information_schema.TRIGGERS WHERE TRIGGER_SCHEMA='"
            + schema
            + "' UNION ALL SELECT EVENT_NAME, CONCAT(EVENT_DEFINITION, STARTS, STATUS), SQL_MODE"
            + " FROM information_schema.EVENTS WHERE EVENT_SCHEMA='"
            + schema
            + "'");
  }
}
