package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.mysql.TableSelection;
import io.varve.restore.RestoreMode;
import io.varve.restore.RestoreOptions;
import io.varve.testing.EmbeddedMariaDb;
import io.varve.testing.TestRepository;
import io.varve.testing.TestServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Between servers that tell names by their letters' case and such that do not. */
@TestInstance(Lifecycle.PER_CLASS)
class LetterCaseTest {

  private final EmbeddedMariaDb tellingServer = EmbeddedMariaDb.start("--lower-case-table-names=0");
  private final EmbeddedMariaDb ignoringServer =
      EmbeddedMariaDb.start("--lower-case-table-names=1");
  private final TestServer telling = tellingServer.server();
  private final TestServer ignoring = ignoringServer.server();
  private final TestRepository repository;

  @SuppressWarnings("NullAway") // JUnit gives it
  LetterCaseTest(@TempDir Path folder) {
    repository = TestRepository.in(folder);
  }

  @BeforeEach
  void forget() {
    for (TestServer server : List.of(telling, ignoring)) {
      for (String schema : List.of("Shop", "shop", "Copy", "copy")) {
        server.execute("DROP DATABASE IF EXISTS " + schema);
      }
    }
  }

  @AfterAll
  void stop() {
    repository.close();
    tellingServer.close();
    ignoringServer.close();
  }

  private static RestoreOptions options(Map<String, String> renames, String... excludes) {
    return new RestoreOptions(
        new TableSelection(List.of(), List.of(excludes)), renames, RestoreMode.CREATE, 2);
  }

  private static List<List<String>> tables(TestServer server, String schema) {
    return server.rows("SHOW TABLES FROM " + schema);
  }

  @Test
  void twoTablesThatWouldBeOneAreRefusedBeforeAnythingIsWritten() {
    telling.execute(
        "CREATE DATABASE Shop",
        "CREATE TABLE Shop.Orders (id INT PRIMARY KEY)",
        "CREATE TABLE Shop.orders (id INT PRIMARY KEY)",
        "INSERT INTO Shop.Orders VALUES (1)",
        "INSERT INTO Shop.orders VALUES (1), (2)");
    BackupReport backup = repository.backup(telling, TestRepository.of("Shop"));
    assertThatThrownBy(() -> repository.restore(ignoring, backup, options(Map.of())))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("Shop.Orders and Shop.orders would be one")
        .hasMessageContaining("lower_case_table_names is 1")
        .hasMessageContaining("--exclude");
    assertThat(ignoring.rows("SHOW DATABASES LIKE 'shop'")).isEmpty();

    repository.restore(ignoring, backup, options(Map.of("Shop", "Copy"), "Shop.Orders"));
    assertThat(tables(ignoring, "copy")).containsExactly(List.of("orders"));
    assertThat(ignoring.value("SELECT COUNT(*) FROM copy.orders")).isEqualTo("2");

    repository.restore(telling, backup, options(Map.of("Shop", "Copy")));
    assertThat(tables(telling, "Copy")).hasSize(2);
  }

  @Test
  void twoSchemasThatWouldBeOneAreRefused() {
    telling.execute(
        "CREATE DATABASE Shop",
        "CREATE DATABASE shop",
        "CREATE TABLE Shop.a (id INT PRIMARY KEY)",
        "CREATE TABLE shop.b (id INT PRIMARY KEY)");
    BackupReport backup = repository.backup(telling, TestRepository.of("[Ss]hop"));
    assertThatThrownBy(() -> repository.restore(ignoring, backup, options(Map.of())))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("schemas Shop and shop would be one")
        .hasMessageContaining("--rename");
    repository.restore(ignoring, backup, options(Map.of("Shop", "Copy")));
    assertThat(tables(ignoring, "copy")).containsExactly(List.of("a"));
    assertThat(tables(ignoring, "shop")).containsExactly(List.of("b"));
  }

  @Test
  void aTableThatStandsUnderOtherLettersIsNoticed() {
    telling.execute("CREATE DATABASE Shop", "CREATE TABLE Shop.Orders (id INT PRIMARY KEY)");
    ignoring.execute("CREATE DATABASE shop", "CREATE TABLE shop.orders (other INT PRIMARY KEY)");
    BackupReport backup = repository.backup(telling, TestRepository.of("Shop"));
    assertThatThrownBy(() -> repository.restore(ignoring, backup, options(Map.of())))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("there is already shop.orders");
    assertThat(tables(ignoring, "shop")).containsExactly(List.of("orders"));
  }

  private void fillWithMixedCase(TestServer server) {
    server.execute(
        "CREATE DATABASE Shop",
        "USE Shop",
        "CREATE TABLE Customers (Id INT PRIMARY KEY, Name VARCHAR(20)) ENGINE=InnoDB",
        "CREATE TABLE Orders (Id INT PRIMARY KEY, Customer INT, KEY By_Customer (Customer),"
            + " CONSTRAINT Of_Customer FOREIGN KEY (Customer) REFERENCES Shop.Customers (Id))"
            + " ENGINE=InnoDB",
        "INSERT INTO Customers VALUES (1, 'Ann')",
        "INSERT INTO Orders VALUES (7, 1)",
        "CREATE VIEW Named AS SELECT O.Id, C.Name FROM Orders O JOIN Shop.Customers C ON"
            + " C.Id=O.Customer",
        "CREATE TRIGGER Counting BEFORE INSERT ON Orders FOR EACH ROW SET NEW.Customer=1",
        "CREATE FUNCTION HowMany() RETURNS INT READS SQL DATA RETURN (SELECT COUNT(*) FROM"
            + " Shop.Orders)",
        "CREATE EVENT Tidy ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM Shop.Orders WHERE Id<0");
  }

  @Test
  void mixedCaseComesToAServerThatIgnoresIt() {
    fillWithMixedCase(telling);
    BackupReport backup = repository.backup(telling, TestRepository.of("Shop"));
    repository.restore(ignoring, backup, options(Map.of("Shop", "Copy")));
    assertThat(tables(ignoring, "Copy"))
        .containsExactly(List.of("customers"), List.of("named"), List.of("orders"));
    ignoring.execute("INSERT INTO Copy.Orders VALUES (8, NULL)");
    assertThat(ignoring.rows("SELECT Id, Name FROM copy.named ORDER BY Id"))
        .containsExactly(List.of("7", "Ann"), List.of("8", "Ann"));
    assertThat(ignoring.value("SELECT copy.howmany()")).isEqualTo("2");
  }

  @Test
  void aServerThatIgnoresCaseIsSelectedFromInAnyCaseAndComesToOneThatTells() {
    fillWithMixedCase(ignoring);
    ignoring.execute("CREATE TABLE Shop.Scratch (id INT PRIMARY KEY)");
    BackupReport backup =
        repository.backup(
            ignoring,
            new BackupOptions(
                new TableSelection(List.of("SHOP.*"), List.of("*.Scr*")),
                2,
                TestRepository.PART_BYTES,
                1,
                Optional.empty()));
    repository.restore(telling, backup, options(Map.of("Shop", "Copy")));
    assertThat(tables(telling, "Copy"))
        .containsExactly(List.of("customers"), List.of("named"), List.of("orders"));
    telling.execute("INSERT INTO Copy.orders VALUES (8, NULL)");
    assertThat(telling.rows("SELECT Id, Name FROM Copy.named ORDER BY Id"))
        .containsExactly(List.of("7", "Ann"), List.of("8", "Ann"));
    assertThat(telling.value("SHOW CREATE FUNCTION Copy.HowMany").isEmpty()).isFalse();
  }
}
