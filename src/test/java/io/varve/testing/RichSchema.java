package io.varve.testing;

/** Fills a schema with one of each: keys of every kind, nasty values, and objects on objects. */
public final class RichSchema {

  /** Rows of the larger tables. */
  public static final int ROWS = 5_000;

  private RichSchema() {}

  public static void fill(TestSchema schema) {
    String n = Numbers.below(ROWS);
    schema.execute(
        "SET SESSION sql_mode=''",
        "CREATE TABLE customers (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, email VARCHAR(80) NOT"
            + " NULL, name VARCHAR(60), UNIQUE KEY email (email), KEY name (name)) ENGINE=InnoDB",
        "INSERT INTO customers (email, name) SELECT CONCAT('c', n, '@example.com'), ELT(1 + n % 4,"
            + " 'Ægir', '東京', 'back\\\\slash\\ttab\\nline', NULL) FROM "
            + n,
        "CREATE TABLE orders (shop SMALLINT NOT NULL, number INT NOT NULL, customer INT UNSIGNED"
            + " NOT NULL, total DECIMAL(20,6) NOT NULL, made DATETIME(6), PRIMARY KEY (shop,"
            + " number), KEY customer (customer), CONSTRAINT of_customer FOREIGN KEY (customer)"
            + " REFERENCES customers (id)) ENGINE=InnoDB",
        "INSERT INTO orders SELECT n % 3, n, 1 + n % 1000, n / 7, '2026-01-01 00:00:00.123456' +"
            + " INTERVAL n MINUTE FROM "
            + n,
        // The server gives this foreign key an index of the same name.
        "CREATE TABLE visits (id INT NOT NULL PRIMARY KEY, customer INT UNSIGNED, CONSTRAINT"
            + " visit_customer FOREIGN KEY (customer) REFERENCES customers (id)) ENGINE=InnoDB",
        "INSERT INTO visits VALUES (1, 1), (2, NULL)",
        "CREATE TABLE by_name (name VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"
            + " PRIMARY KEY, v INT) ENGINE=InnoDB",
        "INSERT INTO by_name SELECT CONCAT(ELT(1 + n % 4, 'a', 'B', 'ä', 'Z'), '_', n), n FROM "
            + n,
        "CREATE TABLE by_latin1 (name VARCHAR(40) CHARACTER SET latin1 COLLATE latin1_swedish_ci"
            + " PRIMARY KEY, v INT) ENGINE=InnoDB",
        "INSERT INTO by_latin1 SELECT CONCAT(CONVERT(CHAR(192 + n % 30) USING latin1), n), n FROM "
            + n,
        "CREATE TABLE by_uuid (id CHAR(36) CHARACTER SET ascii PRIMARY KEY, v INT) ENGINE=InnoDB",
        "INSERT INTO by_uuid SELECT CONCAT_WS('-', MID(SHA2(n, 256), 1, 8), MID(SHA2(n, 256), 9, 4),"
            + " MID(SHA2(n, 256), 13, 4), MID(SHA2(n, 256), 17, 4), MID(SHA2(n, 256), 21, 12)), n"
            + " FROM "
            + n,
        "CREATE TABLE by_binary (id BINARY(16) PRIMARY KEY, v INT) ENGINE=InnoDB",
        "INSERT INTO by_binary SELECT UNHEX(LEFT(SHA2(n, 256), 32)), n FROM " + n,
        "CREATE TABLE by_decimal (id DECIMAL(12,3) PRIMARY KEY, v INT) ENGINE=InnoDB",
        "INSERT INTO by_decimal SELECT (n - 3000) * 1.125, n FROM " + n,
        "CREATE TABLE by_time (at DATETIME(3) PRIMARY KEY, v INT) ENGINE=InnoDB",
        "INSERT INTO by_time SELECT '2020-02-29 12:00:00.5' + INTERVAL n * n SECOND, n FROM " + n,
        "CREATE TABLE descending (a INT NOT NULL, b INT NOT NULL, v INT, PRIMARY KEY (a DESC, b))"
            + " ENGINE=InnoDB",
        "INSERT INTO descending SELECT n % 10, n, n FROM " + n,
        "CREATE TABLE keyless (a INT, b VARCHAR(20)) ENGINE=InnoDB",
        "INSERT INTO keyless SELECT n % 5, IF(n % 3 = 0, NULL, 'same') FROM " + Numbers.below(3000),
        "CREATE TABLE nothing_in_it (id BIGINT PRIMARY KEY, v TEXT) ENGINE=InnoDB",
        "CREATE TABLE one_row (id BIGINT PRIMARY KEY) ENGINE=InnoDB",
        "INSERT INTO one_row VALUES (-9223372036854775808)",
        "CREATE TABLE kinds (id INT PRIMARY KEY, f FLOAT, d DOUBLE, b BIT(64), e ENUM('', '1', '0',"
            + " 'ä'), s SET('x', 'y', '2'), bl BLOB, lb LONGBLOB, t TEXT, ti TIME(6), da DATE, ts"
            + " TIMESTAMP(6) NULL, y YEAR, bu BIGINT UNSIGNED, vb VARBINARY(300)) ENGINE=InnoDB",
        "INSERT INTO kinds (id) VALUES (-1)",
        "INSERT INTO kinds VALUES (0, 16777217.0, 1.7976931348623157e308, b'1', 0, '', '', '', '',"
            + " '-838:59:59', '0000-00-00', '1970-01-01 00:00:01', 0, 18446744073709551615, '')",
        "INSERT INTO kinds SELECT n + 1, n / 3, EXP(n / 3 - 40) * POW(-1, n), POW(2, n % 64), 1 +"
            + " n % 4, n % 8, CHAR(n % 256), REPEAT(CHAR(n % 256), 1000), CONCAT('line\\r\\n',"
            + " CHAR(n % 128), '\\t\\\\N'), SEC_TO_TIME(n * -7.000001), '2026-02-28' + INTERVAL n"
            + " DAY, '2026-01-01 00:00:00.000001' + INTERVAL n HOUR, 1901 + n % 250, n,"
            + " CONCAT(CHAR(0), CHAR(n % 256), CHAR(0)) FROM "
            + Numbers.below(512),
        allBytes());
    objects(schema);
    analyze(schema);
  }

  private static String allBytes() {
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < 256; i++) {
      hex.append(String.format("%02x", i));
    }
    return "INSERT INTO kinds (id, bl, lb, vb) VALUES (100000, x'%1$s', x'%1$s%1$s', x'%1$s')"
        .formatted(hex);
  }

  private static void objects(TestSchema schema) {
    schema.execute(
        "CREATE TABLE audit (id INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(100)) ENGINE=InnoDB",
        "CREATE TRIGGER orders_audit AFTER INSERT ON orders FOR EACH ROW INSERT INTO audit (what)"
            + " VALUES (CONCAT('order ', NEW.number))",
        "CREATE FUNCTION doubled(x INT) RETURNS INT DETERMINISTIC NO SQL RETURN 2 * x",
        "CREATE PROCEDURE clean() DELETE FROM audit WHERE id < 0",
        "CREATE VIEW a_second AS SELECT 1 AS later",
        "CREATE VIEW z_first AS SELECT id, doubled(id) AS twice FROM customers",
        "CREATE OR REPLACE VIEW a_second AS SELECT twice FROM z_first WHERE id < 10",
        "CREATE EVENT tidy ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM audit WHERE id < 0");
  }

  /** So that the estimates by which tables are cut into segments are there. */
  private static void analyze(TestSchema schema) {
    schema
        .server()
        .rows(
            "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_TYPE='BASE TABLE' AND"
                + " TABLE_SCHEMA='"
                + schema.name()
                + "'")
        .forEach(
            row -> schema.server().rows("ANALYZE TABLE " + schema.name() + "." + row.getFirst()));
  }
}
