-- The demo's shop. Statements end in a semicolon at the end of a line.

CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

USE shop;

CREATE TABLE categories (
  id        INT UNSIGNED NOT NULL PRIMARY KEY,
  parent_id INT UNSIGNED NULL,
  name      VARCHAR(80)  NOT NULL,
  emoji     VARCHAR(8)   NOT NULL COMMENT 'for people who do not read: 🛒',
  CONSTRAINT category_parent FOREIGN KEY (parent_id) REFERENCES categories (id)
);

CREATE TABLE products (
  id          INT UNSIGNED   NOT NULL AUTO_INCREMENT PRIMARY KEY,
  category_id INT UNSIGNED   NOT NULL,
  sku         CHAR(12)       CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  price       DECIMAL(10, 2) NOT NULL,
  weight_kg   DOUBLE         NOT NULL,
  thumbnail   BLOB           NOT NULL,
  rating_sum  INT UNSIGNED   NOT NULL DEFAULT 0,
  ratings     INT UNSIGNED   NOT NULL DEFAULT 0,
  added_on    DATE           NOT NULL,
  UNIQUE KEY by_sku (sku),
  CONSTRAINT product_category FOREIGN KEY (category_id) REFERENCES categories (id)
);

CREATE TABLE product_texts (
  product_id  INT UNSIGNED NOT NULL,
  locale      VARCHAR(8)   CHARACTER SET ascii NOT NULL,
  name        VARCHAR(120) NOT NULL,
  description TEXT         NOT NULL,
  PRIMARY KEY (product_id, locale),
  KEY by_name (name),
  CONSTRAINT text_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
);

CREATE TABLE customers (
  id          BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
  email       VARCHAR(120) NOT NULL,
  given_name  VARCHAR(60)  NOT NULL,
  family_name VARCHAR(60)  NOT NULL,
  city        VARCHAR(60)  NOT NULL,
  locale      VARCHAR(8)   CHARACTER SET ascii NOT NULL,
  born_on     DATE         NULL,
  interests   SET ('books', 'garden', 'kitchen', 'music', 'sport') NOT NULL,
  preferences JSON         NOT NULL,
  joined_at   TIMESTAMP(3) NOT NULL,
  UNIQUE KEY by_email (email),
  KEY by_name (family_name, given_name)
);

CREATE TABLE orders (
  id          BIGINT         NOT NULL AUTO_INCREMENT PRIMARY KEY,
  customer_id BIGINT         NOT NULL,
  status      ENUM ('open', 'paid', 'shipped', 'returned') NOT NULL,
  total       DECIMAL(12, 2) NOT NULL,
  gift        BOOLEAN        NOT NULL,
  note        VARCHAR(200)   NULL,
  ordered_at  DATETIME(6)    NOT NULL,
  KEY by_time (ordered_at),
  CONSTRAINT order_customer FOREIGN KEY (customer_id) REFERENCES customers (id)
);

CREATE TABLE order_items (
  order_id   BIGINT            NOT NULL,
  line       SMALLINT UNSIGNED NOT NULL,
  product_id INT UNSIGNED      NOT NULL,
  quantity   SMALLINT UNSIGNED NOT NULL,
  unit_price DECIMAL(10, 2)    NOT NULL,
  line_total DECIMAL(12, 2)    AS (quantity * unit_price) STORED,
  PRIMARY KEY (order_id, line),
  CONSTRAINT item_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
  CONSTRAINT item_product FOREIGN KEY (product_id) REFERENCES products (id)
);

CREATE TABLE payments (
  id       CHAR(36)       CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  order_id BIGINT         NOT NULL,
  method   ENUM ('card', 'transfer', 'wallet') NOT NULL,
  amount   DECIMAL(12, 2) NOT NULL,
  digest   BINARY(20)     NOT NULL,
  paid_at  DATETIME(6)    NOT NULL,
  CONSTRAINT payment_order FOREIGN KEY (order_id) REFERENCES orders (id)
);

CREATE TABLE reviews (
  product_id  INT UNSIGNED     NOT NULL,
  customer_id BIGINT           NOT NULL,
  stars       TINYINT UNSIGNED NOT NULL CHECK (stars BETWEEN 1 AND 5),
  body        TEXT             NOT NULL,
  written_at  DATETIME         NOT NULL,
  PRIMARY KEY (product_id, customer_id),
  CONSTRAINT review_product FOREIGN KEY (product_id) REFERENCES products (id),
  CONSTRAINT review_customer FOREIGN KEY (customer_id) REFERENCES customers (id)
);

CREATE TRIGGER review_counts AFTER INSERT ON reviews FOR EACH ROW
  UPDATE products SET rating_sum = rating_sum + NEW.stars, ratings = ratings + 1 WHERE id = NEW.product_id;

CREATE VIEW best_sellers AS
  SELECT p.id, p.sku, t.name, SUM(i.quantity) AS sold, SUM(i.line_total) AS revenue
  FROM products p
  JOIN product_texts t ON t.product_id = p.id AND t.locale = 'en'
  JOIN order_items i ON i.product_id = p.id
  GROUP BY p.id, p.sku, t.name;
