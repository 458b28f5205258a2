package io.varve;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.varve.backup.BackupReport;
import io.varve.mysql.ObjectOptions;
import io.varve.mysql.TableSelection;
import io.varve.restore.RestoreMode;
import io.varve.restore.RestoreOptions;
import io.varve.restore.RestoreReport;
import io.varve.testing.EmbeddedMariaDb;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.TypeMatrix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** From MySQL to MariaDB and back: the shared server is the one, an embedded one the other. */
class CrossFlavourTest {

  private static TestServer mysql;
  private static EmbeddedMariaDb embedded;

  @TempDir Path folder;

  @BeforeAll
  static void startTheOther() {
    mysql = TestServer.shared();
    assumeTrue(!mysql.isMariaDb(), "needs MySQL: make check-server with VARVE_TEST_SERVER of one");
    embedded = EmbeddedMariaDb.start();
  }

  @AfterAll
  static void stopTheOther() {
    if (embedded != null) {
      embedded.close();
    }
  }

  static Stream<Arguments> families() {
    return Stream.of(mysql, embedded.server())
        .flatMap(source -> TypeMatrix.of(source).stream().map(f -> Arguments.of(f, source)));
  }

  private static TestServer other(TestServer server) {
    return server.isMariaDb() ? mysql : embedded.server();
  }

  @ParameterizedTest
  @MethodSource("families")
  void valuesComeAcross(TypeMatrix family, TestServer source) {
    TestServer target = other(source);
    try (TestSchema schema = source.freshSchema();
        TestSchema copy = target.freshSchema();
        TestRepository repository = TestRepository.in(folder)) {
      family.only(line -> !line.stays()).fill(schema);
      BackupReport backup = repository.backup(source, TestRepository.of(schema.name()));
      RestoreReport restored =
          repository.restore(target, backup, TestRepository.renaming(schema.name(), copy.name()));
      assertThat(restored.verified()).isTrue();
      Map<String, List<String>> found = values(target, copy);
      values(source, schema)
          .forEach((table, rows) -> assertThat(found.get(table)).as(table).isEqualTo(rows));
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void whatCannotComeIsRefusedByItsColumn(TypeMatrix family, TestServer source) {
    TestServer target = other(source);
    TypeMatrix staying = family.only(TypeMatrix.Line::stays);
    try (TestSchema schema = source.freshSchema();
        TestRepository repository = TestRepository.in(folder)) {
      staying.fill(schema);
      BackupReport backup = repository.backup(source, TestRepository.of(schema.name()));
      String copy = schema.name() + "_copy";
      for (int i = 0; i < staying.lines().size(); i++) {
        String table = schema.name() + ".t%03d".formatted(i);
        RestoreOptions one =
            new RestoreOptions(
                new TableSelection(List.of(table), List.of()),
                Map.of(schema.name(), copy),
                RestoreMode.CREATE,
                2);
        assertThatThrownBy(() -> repository.restore(target, backup, one))
            .as(staying.lines().get(i).type())
            .isInstanceOf(InvalidRequestException.class)
            .hasMessageContaining(copy + ".t%03d".formatted(i))
            .hasMessageContaining("column `v`");
      }
      assertThat(target.rows("SHOW DATABASES LIKE '" + copy + "'")).isEmpty();
    }
  }

  @Test
  void whatTheOtherSaysInOtherWordsComesAcross() {
    try (TestSchema schema = mysql.freshSchema();
        TestSchema copy = embedded.server().freshSchema();
        TestSchema back = mysql.freshSchema();
        TestRepository repository = TestRepository.in(folder)) {
      schema.execute(
          "CREATE TABLE t (id INT PRIMARY KEY, hidden INT INVISIBLE DEFAULT 5, j JSON, g"
              + " GEOMETRYCOLLECTION, p POINT NOT NULL SRID 4326, s TEXT DEFAULT ('it is'), u"
              + " VARCHAR(36) DEFAULT (UUID()), c VARCHAR(20) COLLATE utf8mb4_0900_as_cs, KEY"
              + " unused (hidden) INVISIBLE) COLLATE utf8mb4_0900_as_cs",
          "INSERT INTO t (id, j, p) VALUES (1, '{\"b\": 1.0}', ST_GeomFromText('POINT(1 2)', 4326))",
          "CREATE VIEW v AS SELECT id, CONCAT(s, _utf8mb4'é' COLLATE utf8mb4_0900_as_cs) AS s FROM t",
          "CREATE FUNCTION twice (n INT) RETURNS INT DETERMINISTIC RETURN n * 2",
          "CREATE TRIGGER on_t BEFORE INSERT ON t FOR EACH ROW SET NEW.hidden = twice(NEW.id)",
          "CREATE PROCEDURE foreign_words () SELECT x.n FROM (SELECT 1 AS m) y, LATERAL (SELECT y.m AS n) x",
          "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM t WHERE id < 0");
      BackupReport backup = repository.backup(mysql, TestRepository.of(schema.name()));
      RestoreReport restored =
          repository.restore(
              embedded.server(),
              backup,
              collating(schema, copy, Map.of("utf8mb4_0900_as_cs", "utf8mb4_uca1400_as_cs")));
      assertThat(restored.notes())
          .anySatisfy(note -> assertThat(note).contains("foreign_words", "MariaDB"));
      copy.execute("INSERT INTO t (id, p) VALUES (2, ST_GeomFromText('POINT(1 2)', 4326))");
      assertThat(
              embedded
                  .server()
                  .rows("SELECT id, hidden, j, s, LENGTH(u) FROM " + copy.name() + ".t"))
          .containsExactly(
              List.of("1", "5", "{\"b\": 1.0}", "it is", "36"),
              List.of("2", "4", "null", "it is", "36"));
      assertThat(
              embedded
                  .server()
                  .value("SELECT GROUP_CONCAT(s ORDER BY id) FROM " + copy.name() + ".v"))
          .isEqualTo("it isé,it isé");

      copy.execute("ALTER TABLE t DROP COLUMN p"); // REF_SYSTEM_ID is no word of MySQL's
      BackupReport ofCopy = repository.backup(embedded.server(), TestRepository.of(copy.name()));
      repository.restore(
          mysql,
          ofCopy,
          collating(copy, back, Map.of("utf8mb4_uca1400_as_cs", "utf8mb4_0900_as_cs")));
      back.execute("INSERT INTO t (id) VALUES (3)");
      assertThat(mysql.rows("SELECT id, hidden, s, LENGTH(u) FROM " + back.name() + ".t"))
          .containsExactly(
              List.of("1", "5", "it is", "36"),
              List.of("2", "4", "it is", "36"),
              List.of("3", "6", "it is", "36"));
    }
  }

  private static RestoreOptions collating(
      TestSchema from, TestSchema to, Map<String, String> collations) {
    return new RestoreOptions(
        TableSelection.ALL,
        Map.of(from.name(), to.name()),
        RestoreMode.CREATE,
        2,
        collations,
        ObjectOptions.AS_THEY_WERE,
        false,
        false,
        false);
  }

  @Test
  void aCollationThatTheTargetLacksIsNamedWithTheOptionThatReplacesIt() {
    TestServer mariaDb = embedded.server();
    try (TestSchema schema = mariaDb.freshSchema();
        TestRepository repository = TestRepository.in(folder)) {
      schema.execute("CREATE TABLE t (id INT PRIMARY KEY, s TEXT COLLATE utf8mb4_uca1400_ai_ci)");
      assertRefused(repository, schema, "column `s`", "--collation utf8mb4_uca1400_ai_ci=");
      schema.execute("DROP TABLE t", "ALTER DATABASE COLLATE utf8mb4_uca1400_ai_ci");
      assertRefused(repository, schema, "schema's default", "--collation utf8mb4_uca1400_ai_ci=");
    }
  }

  @Test
  void whatOnlyMariaDbHasIsRefused() {
    try (TestSchema schema = embedded.server().freshSchema();
        TestRepository repository = TestRepository.in(folder)) {
      schema.execute("CREATE TABLE t (id INT PRIMARY KEY) WITH SYSTEM VERSIONING");
      assertRefused(repository, schema, ".t", "options");
      schema.execute("DROP TABLE t", "CREATE SEQUENCE s");
      assertRefused(repository, schema, "sequence", "MySQL has no sequences");
      schema.execute("DROP SEQUENCE s", "CREATE TABLE t (id INT PRIMARY KEY) ENGINE=Aria");
      assertRefused(repository, schema, ".t", "no engine Aria");
    }
  }

  @Test
  void anIndexOnAnExpressionIsRefusedByMariaDb() {
    try (TestSchema schema = mysql.freshSchema();
        TestRepository repository = TestRepository.in(folder)) {
      schema.execute("CREATE TABLE t (id INT PRIMARY KEY, v INT, KEY expression ((v + 1)))");
      assertRefused(repository, schema, ".t", "`expression`");
    }
  }

  private static void assertRefused(
      TestRepository repository, TestSchema schema, String... explained) {
    BackupReport backup = repository.backup(schema.server(), TestRepository.of(schema.name()));
    String copy = schema.name() + "_copy";
    TestServer target = other(schema.server());
    assertThatThrownBy(
            () -> repository.restore(target, backup, TestRepository.renaming(schema.name(), copy)))
        .isInstanceOfSatisfying(
            InvalidRequestException.class,
            refused -> assertThat(refused.getMessage()).contains(explained));
    assertThat(target.rows("SHOW DATABASES LIKE '" + copy + "'")).isEmpty();
  }

  /** As HEX(), but for numbers of floating point, whose digits differ while their bits do not. */
  private static Map<String, List<String>> values(TestServer server, TestSchema schema) {
    Map<String, List<String>> tables = new TreeMap<>();
    SchemaContents.of(server, schema.name())
        .rows()
        .forEach(
            (table, rows) -> {
              List<String> types =
                  server
                      .rows(
                          "SELECT DATA_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA='"
                              + schema.name()
                              + "' AND TABLE_NAME='"
                              + table
                              + "' ORDER BY ORDINAL_POSITION")
                      .stream()
                      .map(List::getFirst)
                      .toList();
              tables.put(table, rows.stream().map(row -> numbers(row, types)).sorted().toList());
            });
    return tables;
  }

  private static String numbers(String row, List<String> types) {
    List<String> values = new ArrayList<>(List.of(row.split(" ", -1)));
    for (int i = 0; i < values.size(); i++) {
      boolean isFloat = types.get(i).equals("float");
      if ((isFloat || types.get(i).equals("double")) && !values.get(i).equals("null")) {
        double value =
            Double.parseDouble(new String(HexFormat.of().parseHex(values.get(i)), US_ASCII)) + 0.0;
        values.set(i, isFloat ? Float.toHexString((float) value) : Double.toHexString(value));
      }
    }
    return String.join(" ", values);
  }
}
