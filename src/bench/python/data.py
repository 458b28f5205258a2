"""The data: made by the server itself, from random numbers."""

PREFIX = "varve_bench_"
OLTP, MIXED, BLOBS, SMALL, LARGE, ROWS = (PREFIX + name for name in ("oltp", "mixed", "blobs", "small", "large", "rows"))

OLTP_COLUMNS = """id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, k INT NOT NULL DEFAULT 0,
  c CHAR(120) NOT NULL DEFAULT '', pad CHAR(60) NOT NULL DEFAULT ''"""


def numbers(server, count):
    """A table with a column n from 1 to count."""
    if server.is_mariadb:
        return f"(SELECT seq AS n FROM seq_1_to_{count}) AS numbers"
    return f"(WITH RECURSIVE counting AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM counting WHERE n < {count}) SELECT n FROM counting) AS numbers"


def make(server, schema, statements):
    """Makes a schema unless it is there already, whole."""
    if server.query(f"SELECT 1 FROM information_schema.tables WHERE table_schema='{schema}' AND table_name='whole'"):
        return
    print(f"  making {schema} on {server.name} ...", flush=True)
    quiet = "SET SESSION sql_log_bin=0; SET SESSION unique_checks=0;"
    depth = "" if server.is_mariadb else "SET SESSION cte_max_recursion_depth=1000000000;"
    server.query(f"{quiet} DROP DATABASE IF EXISTS {schema}; CREATE DATABASE {schema} CHARACTER SET utf8mb4")
    server.query(quiet + depth + ";".join(statements), schema)
    server.query(f"{quiet} CREATE TABLE whole (id INT PRIMARY KEY)", schema)


def drop_all(server):
    for schema in server.query(f"SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE '{PREFIX}%'").split():
        server.query(f"SET SESSION sql_log_bin=0; DROP DATABASE {schema}")


def digits(groups):
    return "CONCAT_WS('-', " + ", ".join(["LPAD(FLOOR(RAND() * 1e11), 11, '0')"] * groups) + ")"


def oltp(server, rows):
    """Two tables as sysbench makes them: 190 bytes a row, a secondary index."""
    make(server, OLTP, [
        f"CREATE TABLE sbtest1 ({OLTP_COLUMNS}, KEY k_1 (k))",
        f"INSERT INTO sbtest1 (k, c, pad) SELECT 1 + FLOOR(RAND() * {rows}), {digits(10)}, {digits(5)} FROM {numbers(server, rows)}",
        "CREATE TABLE sbtest2 LIKE sbtest1",
        "INSERT INTO sbtest2 SELECT * FROM sbtest1",
        "ANALYZE TABLE sbtest1, sbtest2"])


def large(server, rows):
    """Five times as much."""
    oltp(server, rows)
    copy = f"INSERT INTO {{}} (k, c, pad) SELECT k, c, pad FROM {OLTP}.sbtest1"
    make(server, LARGE, [
        f"CREATE TABLE sbtest1 ({OLTP_COLUMNS})",
        "CREATE TABLE sbtest2 LIKE sbtest1"]
        + [copy.format(table) for table in ("sbtest1", "sbtest2") for _ in range(5)]
        + ["ANALYZE TABLE sbtest1, sbtest2"])


WORDS = "'river','stone','layer','winter','clay','summer','lake','sand','order','parcel','blue','green','small','large','quick','quiet'"


def words(count):
    return "CONCAT_WS(' ', " + ", ".join([f"ELT(1 + FLOOR(RAND() * 16), {WORDS})"] * count) + ")"


def mixed(server, rows):
    """One table of forty columns of all kinds."""
    columns = [
        ("id BIGINT UNSIGNED NOT NULL PRIMARY KEY", "n"),
        ("tiny TINYINT", "FLOOR(RAND() * 255) - 128"), ("small SMALLINT UNSIGNED", "FLOOR(RAND() * 65536)"),
        ("medium MEDIUMINT", "FLOOR(RAND() * 1e6)"), ("number INT", "FLOOR(RAND() * 2e9)"), ("big BIGINT", "FLOOR(RAND() * 9e15)"),
        ("price DECIMAL(12,2)", "RAND() * 1e6"), ("tax DECIMAL(12,4)", "RAND() * 100"), ("exact DECIMAL(30,10)", "RAND() * 1e12"),
        ("ratio DOUBLE", "RAND()"), ("weight DOUBLE", "RAND() * 1e30"), ("single_ FLOAT", "RAND() * 1000"),
        ("born DATE", "DATE_ADD('1950-01-01', INTERVAL FLOOR(RAND() * 25000) DAY)"),
        ("made DATETIME(6)", "DATE_ADD('2020-01-01', INTERVAL FLOOR(RAND() * 1.5e14) MICROSECOND)"),
        ("changed TIMESTAMP NULL", "DATE_ADD('2020-01-02', INTERVAL FLOOR(RAND() * 1.5e8) SECOND)"),
        ("lasts TIME", "SEC_TO_TIME(FLOOR(RAND() * 86400))"), ("season YEAR", "2000 + FLOOR(RAND() * 30)"),
        ("state ENUM('new','paid','sent','returned')", "1 + FLOOR(RAND() * 4)"), ("tags SET('a','b','c','d')", "FLOOR(RAND() * 16)"),
        ("flags BIT(8)", "FLOOR(RAND() * 256)"), ("active BOOLEAN", "RAND() < 0.5"), ("deleted BOOLEAN", "IF(RAND() < 0.9, NULL, 1)"),
        ("uuid CHAR(36) CHARACTER SET latin1", "UUID()"), ("token BINARY(16)", "RANDOM_BYTES(16)"), ("hash VARBINARY(32)", "RANDOM_BYTES(32)"),
        ("name VARCHAR(80)", words(2)), ("street VARCHAR(80)", words(3)), ("city VARCHAR(40)", words(1)),
        ("country CHAR(2)", f"ELT(1 + FLOOR(RAND() * 4), 'de', 'fr', 'us', 'jp')"), ("email VARCHAR(120)", "CONCAT('user', n, '@example.com')"),
        ("phone VARCHAR(20)", "FLOOR(RAND() * 1e12)"), ("url VARCHAR(200)", "CONCAT('https://example.com/items/', n)"),
        ("unset VARCHAR(20)", "NULL"), ("empty_ VARCHAR(20) NOT NULL", "''"),
        ("attributes JSON", "JSON_OBJECT('colour', ELT(1 + FLOOR(RAND() * 3), 'red', 'green', 'blue'), 'size', FLOOR(RAND() * 50), 'stock', JSON_ARRAY(1, 2, FLOOR(RAND() * 9)))"),
        ("history JSON", "IF(RAND() < 0.5, NULL, JSON_ARRAY(JSON_OBJECT('at', n, 'by', 'shop'), JSON_OBJECT('at', n + 1, 'by', 'web')))"),
        ("note TEXT", words(12)), ("description TEXT", f"CONCAT({words(16)}, '\\n', {words(16)}, '\\t', {words(16)})"),
        ("thumbnail BLOB", "IF(RAND() < 0.8, NULL, RANDOM_BYTES(200))"), ("raw_ MEDIUMBLOB", "IF(RAND() < 0.95, NULL, RANDOM_BYTES(1000))"),
    ]
    make(server, MIXED, [
        "CREATE TABLE items (" + ", ".join(column for column, _ in columns) + ", KEY by_made (made))",
        "INSERT INTO items SELECT " + ", ".join(value for _, value in columns) + f" FROM {numbers(server, rows)}",
        "ANALYZE TABLE items"])


def blobs(server, rows):
    """Rows of 16 KB that no compressor makes smaller."""
    random = ", ".join(["RANDOM_BYTES(1024)"] * 16)
    make(server, BLOBS, [
        "CREATE TABLE files (id INT NOT NULL PRIMARY KEY, body MEDIUMBLOB NOT NULL)",
        f"INSERT INTO files SELECT n, CONCAT({random}) FROM {numbers(server, rows)}",
        "ANALYZE TABLE files"])


def small(server, tables):
    """Many tables of few rows."""
    statements = []
    for number in range(tables):
        table = f"t{number:05}"
        statements.append(f"CREATE TABLE {table} (id INT NOT NULL PRIMARY KEY, name VARCHAR(40), made DATETIME)")
        statements.append(f"INSERT INTO {table} VALUES " + ",".join(f"({n}, 'row {n} of {table}', '2026-01-01 00:00:{n:02}')" for n in range(1, 11)))
    make(server, SMALL, statements)


def rows(server, count):
    """Rows of 40 MB that no compressor makes smaller."""
    blobs(server, 20_000)
    make(server, ROWS, ["CREATE TABLE files (id INT NOT NULL PRIMARY KEY, body LONGBLOB NOT NULL)", "SET SESSION group_concat_max_len=1000000000"] + [
        f"INSERT INTO files SELECT {number}, GROUP_CONCAT(body SEPARATOR '') FROM (SELECT body FROM {BLOBS}.files WHERE id > {number} * 100 LIMIT 2500) AS some"
        for number in range(count)])
