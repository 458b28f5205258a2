package io.varve.demo;

import static io.varve.demo.Market.one;

import io.varve.testing.TestServer;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The schema {@code shop} of the demo; the same rows each time. */
final class Shop implements AutoCloseable {

  private static final int CATEGORIES = 60;
  private static final int PRODUCTS = 3_000;
  private static final int CUSTOMERS = 25_000;
  private static final int ORDERS = 50_000;
  private static final int REVIEWS = 20_000;

  private static final LocalDateTime OPENING = LocalDateTime.of(2024, 1, 1, 0, 0);
  private static final int DAYS = 700;

  private final Random random = new Random(20_240_101);
  private final BigDecimal[] prices = new BigDecimal[PRODUCTS + 1];
  private final Connection connection;
  private final Statement statement;

  private Shop(Connection connection) throws SQLException {
    this.connection = connection;
    this.statement = connection.createStatement();
  }

  /** Makes the shop and fills it: about 310,000 rows, some seconds. */
  static void open(TestServer server) throws SQLException, IOException {
    try (Shop shop = new Shop(server.connect())) {
      shop.define();
      shop.connection.setAutoCommit(false);
      shop.statement.execute("SET foreign_key_checks = 0, unique_checks = 0, time_zone = '+00:00'");
      shop.addCategories();
      shop.addProducts();
      shop.addCustomers();
      shop.addOrders();
      shop.addReviews();
      shop.connection.commit();
    }
  }

  private void define() throws SQLException, IOException {
    for (String sql : resource("/demo/shop.sql").split(";\n")) {
      if (!sql.isBlank()) {
        statement.execute(sql);
      }
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(Shop.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void addCategories() throws SQLException {
    List<String> emojis = List.of("🫖", "💡", "🪑", "📓", "🪞", "🧣");
    try (Inserts categories = into("categories (id, parent_id, name, emoji)")) {
      for (int id = 1; id <= CATEGORIES; id++) {
        Market market = Market.ALL.get(id % Market.ALL.size());
        categories.add(
            id,
            id <= 6 ? null : id % 6 + 1,
            one(market.goods(), random) + " " + id,
            emojis.get(id % emojis.size()));
      }
    }
  }

  private void addProducts() throws SQLException {
    byte[] thumbnail = new byte[180];
    try (Inserts products =
            into(
                "products (id, category_id, sku, price, weight_kg, thumbnail, rating_sum,"
                    + " ratings, added_on)");
        Inserts texts = into("product_texts (product_id, locale, name, description)")) {
      for (int id = 1; id <= PRODUCTS; id++) {
        random.nextBytes(thumbnail);
        prices[id] = BigDecimal.valueOf(199 + random.nextInt(49_800), 2);
        products.add(
            id,
            1 + random.nextInt(CATEGORIES),
            "SKU-%08d".formatted(id * 7_919 % 100_000_000),
            prices[id],
            random.nextDouble() * 20,
            thumbnail,
            0,
            0,
            day());
        for (Market market : Market.ALL) {
          texts.add(
              id,
              market.locale(),
              market.productName(random) + " " + id,
              market.prose(random, 2 + random.nextInt(5)));
        }
      }
    }
  }

  private void addCustomers() throws SQLException {
    List<String> interests = List.of("", "books", "books,music", "garden,kitchen,sport");
    try (Inserts customers =
        into(
            "customers (id, email, given_name, family_name, city, locale, born_on, interests,"
                + " preferences, joined_at)")) {
      for (int id = 1; id <= CUSTOMERS; id++) {
        Market market = one(Market.ALL, random);
        customers.add(
            id,
            "customer" + id + "@example." + market.locale(),
            one(market.givenNames(), random),
            one(market.familyNames(), random),
            one(market.cities(), random),
            market.locale(),
            random.nextInt(5) == 0
                ? null
                : LocalDate.of(1950, 1, 1).plusDays(random.nextInt(20_000)),
            one(interests, random),
            "{\"newsletter\": %b, \"hello\": \"%s\"}"
                .formatted(random.nextBoolean(), one(market.sentences(), random)),
            moment());
      }
    }
  }

  private void addOrders() throws SQLException {
    byte[] digest = new byte[20];
    List<String> statuses = List.of("open", "paid", "shipped", "shipped", "shipped", "returned");
    List<String> methods = List.of("card", "card", "transfer", "wallet");
    try (Inserts orders = into("orders (id, customer_id, status, total, gift, note, ordered_at)");
        Inserts items = into("order_items (order_id, line, product_id, quantity, unit_price)");
        Inserts payments = into("payments (id, order_id, method, amount, digest, paid_at)")) {
      for (int id = 1; id <= ORDERS; id++) {
        BigDecimal total = BigDecimal.ZERO;
        int lines = 1 + random.nextInt(4);
        for (int line = 1; line <= lines; line++) {
          int product = 1 + random.nextInt(PRODUCTS);
          int quantity = 1 + random.nextInt(3);
          items.add(id, line, product, quantity, prices[product]);
          total = total.add(prices[product].multiply(BigDecimal.valueOf(quantity)));
        }
        String status = one(statuses, random);
        LocalDateTime orderedAt = moment();
        boolean gift = random.nextInt(8) == 0;
        orders.add(
            id,
            1 + random.nextInt(CUSTOMERS),
            status,
            total,
            gift ? 1 : 0,
            gift ? one(Market.ALL, random).prose(random, 1) : null,
            orderedAt);
        if (!status.equals("open")) {
          random.nextBytes(digest);
          payments.add(
              new UUID(random.nextLong(), random.nextLong()),
              id,
              one(methods, random),
              total,
              digest,
              orderedAt.plusSeconds(random.nextInt(90_000)));
        }
      }
    }
  }

  private void addReviews() throws SQLException {
    try (Inserts reviews = into("reviews (product_id, customer_id, stars, body, written_at)")) {
      for (int i = 0; i < REVIEWS; i++) {
        // The steps have no factor in common with the sizes, so no pair comes twice.
        reviews.add(
            1 + i * 7 % PRODUCTS,
            1 + i * 11 % CUSTOMERS,
            1 + random.nextInt(5),
            one(Market.ALL, random).prose(random, 1 + random.nextInt(6)),
            moment());
      }
    }
  }

  private LocalDate day() {
    return OPENING.toLocalDate().plusDays(random.nextInt(DAYS));
  }

  private LocalDateTime moment() {
    return OPENING
        .plusSeconds(random.nextInt(DAYS * 86_400))
        .plusNanos(random.nextInt(1_000_000) * 1_000L);
  }

  private Inserts into(String tableAndColumns) {
    return new Inserts(tableAndColumns);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  /** Rows on their way into one table, a thousand in a statement. */
  private final class Inserts implements AutoCloseable {

    private final String head;
    private final StringBuilder sql = new StringBuilder(1 << 20);
    private int rows;

    Inserts(String tableAndColumns) {
      head = "INSERT INTO shop." + tableAndColumns + " VALUES ";
    }

    void add(@Nullable Object... values) throws SQLException {
      sql.append(rows++ == 0 ? head : ",");
      for (int i = 0; i < values.length; i++) {
        sql.append(i == 0 ? '(' : ',');
        appendLiteral(values[i]);
      }
      sql.append(')');
      if (rows == 1_000) {
        flush();
      }
    }

    private void appendLiteral(@Nullable Object value) {
      switch (value) {
        case null -> sql.append("NULL");
        case Number number -> sql.append(number);
        case byte[] bytes -> sql.append("x'").append(HexFormat.of().formatHex(bytes)).append('\'');
        default -> {
          sql.append('\'');
          sql.append(value.toString().replace("\\", "\\\\").replace("'", "''"));
          sql.append('\'');
        }
      }
    }

    private void flush() throws SQLException {
      if (rows > 0) {
        statement.executeUpdate(sql.toString());
        sql.setLength(0);
        rows = 0;
      }
    }

    @Override
    public void close() throws SQLException {
      flush();
    }
  }
}
