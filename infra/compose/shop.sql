-- What there is to back up: put into the MySQL server of ../compose.yaml when that is first started.
CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci; -- which MariaDB has as well
USE shop;

CREATE TABLE customers (
  id INT AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(100) NOT NULL
);

CREATE TABLE orders (
  id INT AUTO_INCREMENT PRIMARY KEY,
  customer INT NOT NULL,
  amount DECIMAL(10, 2) NOT NULL,
  ordered_at DATETIME NOT NULL,
  FOREIGN KEY (customer) REFERENCES customers (id)
);

INSERT INTO customers (name)
WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000)
SELECT CONCAT('Customer ', n) FROM numbers;

INSERT INTO orders (customer, amount, ordered_at)
WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 20)
SELECT id, id * n / 100, DATE_ADD('2026-01-01 08:00:00', INTERVAL id * n MINUTE) FROM customers CROSS JOIN numbers;
