package io.varve.server;

import io.varve.repository.Json;
import io.varve.store.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** What a server in a test is told: the source shop, the target scratch, a token for each role. */
final class ShopConfiguration {

  static final String SHOP = "/api/v1/sources/shop";
  static final String READER = "reader-5f0c1f7e";
  static final String KEEPER = "keeper-9a1be2d3";
  static final String RESTORER = "restorer-77c0d9aa";

  private final Map<String, Object> store;
  private final Map<String, Object> source = new HashMap<>();
  private final Map<String, Object> target = new HashMap<>();
  private final Map<String, Object> server = new HashMap<>();
  private final Map<String, Object> tokens = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();

  /**
   * @param address of the database, {@code mysql://host:port}
   */
  ShopConfiguration(Map<String, Object> store, String address, String user, String password) {
    this.store = store;
    Map<String, ?> credentials = Map.of("user", user, "passwordVariable", "PASSWORD");
    source.put("address", address);
    source.put("credentials", credentials);
    source.put("partSize", "64K");
    target.put("address", address);
    target.put("credentials", credentials);
    server.put("tokens", tokens);
    token(READER, "read").token(KEEPER, "backup").token(RESTORER, "restore");
    environment.put("PASSWORD", password);
  }

  /** One whose source and target nobody ever reaches. */
  static ShopConfiguration withoutDatabase(Map<String, Object> store) {
    return new ShopConfiguration(store, "mysql://127.0.0.1:1", "nobody", "none");
  }

  ShopConfiguration token(String token, String... roles) {
    tokens.put(token, entry(token, roles));
    return this;
  }

  /** What a configuration says of a token. */
  static Map<String, Object> entry(String token, String... roles) {
    String hash = HexFormat.of().formatHex(Sha256.of(token.getBytes(StandardCharsets.UTF_8)));
    return Map.of("sha256", hash, "roles", List.of(roles));
  }

  /** As above, of one that is known up to a moment. */
  static Map<String, Object> entry(String token, Instant expires, String... roles) {
    Map<String, Object> entry = new HashMap<>(entry(token, roles));
    entry.put("expires", expires.toString());
    return entry;
  }

  ShopConfiguration source(String field, Object value) {
    source.put(field, value);
    return this;
  }

  ShopConfiguration target(String field, Object value) {
    target.put(field, value);
    return this;
  }

  ShopConfiguration server(String field, Object value) {
    server.put(field, value);
    return this;
  }

  ShopConfiguration variable(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** The variables that tell a server all this. */
  Map<String, String> environment() {
    Map<String, String> all = new HashMap<>(environment);
    all.put(
        "VARVE_CONFIG",
        Json.line(
            Map.of(
                "store",
                store,
                "sources",
                Map.of("shop", source),
                "targets",
                Map.of("scratch", target),
                "server",
                server)));
    return all;
  }
}
