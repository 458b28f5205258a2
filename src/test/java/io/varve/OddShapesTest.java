package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.backup.BackupReport;
import io.varve.testing.EmbeddedMariaDb;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As wide, as long-named and as empty as servers allow. What takes long is in ShapeTest. */
class OddShapesTest {

  private static final int MOST_COLUMNS = 1_017;
  private static final int MOST_CHARACTERS = 64;

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final TestSchema copy = server.freshSchema();
  private final TestRepository repository;

  @SuppressWarnings("NullAway") // JUnit gives it
  OddShapesTest(@TempDir Path folder) {
    repository = TestRepository.in(folder);
  }

  @AfterEach
  void close() {
    repository.close();
    copy.close();
    schema.close();
  }

  private void assertAllComesBack() {
    BackupReport backup = repository.backup(server, TestRepository.of(schema.name()));
    repository.restore(server, backup, TestRepository.renaming(schema.name(), copy.name()));
    assertThat(SchemaContents.of(server, copy.name()))
        .isEqualTo(SchemaContents.of(server, schema.name()));
  }

  @Test
  void aTableOfTheMostColumnsComesBack() {
    StringBuilder columns = new StringBuilder("id INT NOT NULL PRIMARY KEY");
    StringBuilder values = new StringBuilder();
    for (int i = 1; i < MOST_COLUMNS; i++) {
      columns.append(", c").append(i).append(i % 2 == 0 ? " VARCHAR(5)" : " SMALLINT");
      values.append(i % 3 == 0 ? ", NULL" : ", " + i);
    }
    schema.execute(
        "CREATE TABLE wide (" + columns + ") ENGINE=InnoDB CHARSET=latin1",
        "INSERT INTO wide VALUES (1" + values + "), (2" + values + ")");
    assertAllComesBack();
  }

  @Test
  void theLongestNamesComeBack() {
    // of other characters, the server's own files could not have the names of so many
    String table = "é".repeat(MOST_CHARACTERS);
    String index = "列".repeat(MOST_CHARACTERS);
    String other = "`".repeat(20) + "x".repeat(MOST_CHARACTERS - 20);
    String quotedOther = other.replace("`", "``");
    schema.execute(
        ("CREATE TABLE `%1$s` (`%2$s` INT PRIMARY KEY, `%3$s` VARCHAR(20), up INT, KEY `%2$s` (`%3$s`),"
                + " CONSTRAINT `%4$s` FOREIGN KEY (up) REFERENCES `%1$s` (`%2$s`))"
                + " ENGINE=InnoDB")
            .formatted(table, index, quotedOther, "鍵".repeat(MOST_CHARACTERS)),
        "INSERT INTO `%s` VALUES (1, 'one', NULL), (2, 'two', NULL)".formatted(table),
        "CREATE TABLE `%s` (id INT PRIMARY KEY) ENGINE=InnoDB".formatted(quotedOther),
        "INSERT INTO `%s` VALUES (3)".formatted(quotedOther),
        "CREATE VIEW `%s` AS SELECT * FROM `%s`".formatted("è".repeat(MOST_CHARACTERS), table),
        "CREATE TRIGGER `%s` BEFORE INSERT ON `%s` FOR EACH ROW SET @x = 1"
            .formatted("ê".repeat(MOST_CHARACTERS), table));
    assertAllComesBack();
  }

  @Test
  void aSchemaWithNothingInItComesBack() {
    schema.execute("ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_german2_ci");
    copy.close();
    BackupReport backup = repository.backup(server, TestRepository.of(schema.name()));
    assertThat(backup.totals().tables()).isZero();
    repository.restore(server, backup, TestRepository.renaming(schema.name(), copy.name()));
    assertThat(server.rows("SHOW TABLES FROM " + copy.name())).isEmpty();
    assertThat(
            server.value(
                "SELECT DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME='"
                    + copy.name()
                    + "'"))
        .isEqualTo("latin1_german2_ci");
  }

  /** An empty backup every night would hide that the user may see nothing. */
  @Test
  void aServerWithoutASchemaIsAnErrorAndNoBackup() {
    try (EmbeddedMariaDb fresh = EmbeddedMariaDb.start()) {
      fresh.server().execute("DROP DATABASE IF EXISTS test");
      assertThatThrownBy(() -> repository.backup(fresh.server(), TestRepository.of()))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("it has no schema that this user may see")
          .hasMessageContaining("SELECT privilege");
      assertThat(repository.source().backups()).isEmpty();
    }
  }
}
