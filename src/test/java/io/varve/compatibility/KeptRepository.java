package io.varve.compatibility;

import io.varve.cli.VarveCommand;
import io.varve.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Makes a repository to be kept: run once for each release, on the server that {@code
 * VARVE_TEST_SERVER} names, else on the embedded MariaDB. CONTRIBUTING.md has the command.
 */
public final class KeptRepository {

  private static final String TEXT = "''' \\\\ \\t \\n é Ω я א ع ไ 日本 한 😀'";

  private KeptRepository() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    TestServer server = TestServer.shared();
    server.execute("DROP DATABASE IF EXISTS kept", "CREATE DATABASE kept CHARACTER SET utf8mb4");
    server.execute(
        "USE kept",
        "CREATE TABLE numbers (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, t TINYINT,"
            + " d DECIMAL(30,10), f FLOAT, db DOUBLE, b BIT(33), y YEAR, KEY (t))",
        "INSERT INTO numbers VALUES (1, -128, -1.5, 0.1, 1e300, b'1', 1999),"
            + " (2, NULL, NULL, NULL, NULL, NULL, NULL),"
            + " (18446744073709551615, 127, 99999999999999999999.0123456789, 3.4e38, -1e-300,"
            + " b'100000000000000000000000000000001', 2155)",
        "CREATE TABLE texts (k VARCHAR(20) COLLATE utf8mb4_general_ci NOT NULL, n INT NOT NULL,"
            + " u VARCHAR(200), l VARCHAR(200) CHARACTER SET latin1, bin VARBINARY(300), big"
            + " LONGTEXT, e ENUM('', 'a', '1'), s SET('x', 'y'), PRIMARY KEY (k, n))",
        "INSERT INTO texts VALUES ('a', 1, "
            + TEXT
            + ", 'é', x'00ff0a09', REPEAT('z', 70000),"
            + " '', 'x,y'), ('B', 2, '', NULL, '', '', '1', ''), ('c', 3, NULL, NULL, NULL, NULL,"
            + " NULL, NULL)",
        "CREATE TABLE times (id INT NOT NULL PRIMARY KEY, d DATE, t TIME(6), dt DATETIME(3), ts"
            + " TIMESTAMP NULL)",
        "INSERT INTO times VALUES (1, '2024-02-29', '-838:59:58.000001', '1000-01-01 00:00:00.001',"
            + " '2024-03-31 12:00:00'), (2, NULL, NULL, NULL, NULL)",
        "CREATE TABLE no_key (a INT, b VARCHAR(10))",
        "INSERT INTO no_key VALUES (1, 'x'), (1, 'x'), (NULL, NULL), (NULL, NULL), (NULL, NULL)",
        "CREATE TABLE no_rows (id INT NOT NULL PRIMARY KEY)",
        "CREATE TABLE children (id INT NOT NULL PRIMARY KEY, time_id INT, FOREIGN KEY (time_id)"
            + " REFERENCES times (id))",
        "INSERT INTO children VALUES (1, 2), (2, NULL)",
        "CREATE VIEW both_of AS SELECT c.id, t.d FROM children c LEFT JOIN times t ON t.id ="
            + " c.time_id",
        "CREATE TRIGGER seen BEFORE INSERT ON children FOR EACH ROW SET NEW.id = NEW.id",
        "CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN 2 * n");
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("rows.txt"), rows(server, "kept"));
    int code =
        VarveCommand.execute(
            System.out,
            System.err,
            "backup",
            "--store=" + folder.resolve("repository").toAbsolutePath().toUri(),
            "--source=" + server.uri(),
            "--allow-public-key-retrieval",
            "--name=kept",
            "--include=kept.*");
    server.execute("DROP DATABASE kept");
    if (code != 0) {
      throw new IllegalStateException("the backup ended with " + code);
    }
    System.exit(0); // the embedded server has threads that would stay
  }

  /** Every column of every row in HEX; times at +00:00, FLOAT with all its digits. */
  static String rows(TestServer server, String schema) {
    StringBuilder text = new StringBuilder();
    for (List<String> table :
        server.rows(
            "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA='"
                + schema
                + "' ORDER BY TABLE_NAME")) {
      String name = table.getFirst();
      String columns =
          server
              .rows(
                  "SELECT COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS WHERE"
                      + " TABLE_SCHEMA='"
                      + schema
                      + "' AND TABLE_NAME='"
                      + name
                      + "' ORDER BY ORDINAL_POSITION")
              .stream()
              .map(
                  column ->
                      switch (column.get(1)) {
                        case "float" -> "CAST(`" + column.getFirst() + "` AS DOUBLE)";
                        case "double", "decimal" -> "`" + column.getFirst() + "`";
                        case "timestamp" -> "UNIX_TIMESTAMP(`" + column.getFirst() + "`)";
                        default -> "HEX(`" + column.getFirst() + "`)";
                      })
              .collect(Collectors.joining(", "));
      text.append(name).append('\n');
      server
          .rows("SELECT " + columns + " FROM `" + schema + "`.`" + name + "` ORDER BY 1")
          .forEach(row -> text.append("  ").append(String.join(" ", row)).append('\n'));
    }
    return text.toString();
  }
}
