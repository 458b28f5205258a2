package io.varve.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.varve.repository.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** An issuer of OpenID Connect as far as verifying needs one: discovery, keys, signed tokens. */
public final class TestIssuer implements AutoCloseable {

  private final HttpServer server;
  private final AtomicInteger requests = new AtomicInteger();
  private volatile boolean isAway;
  private volatile String rsaId = "rsa-1";
  private volatile KeyPair rsa = rsaKeys();
  private final KeyPair ec = ecKeys();

  public TestIssuer() {
    try {
      server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext(
        "/realm/.well-known/openid-configuration",
        exchange -> answer(exchange, Map.of("issuer", address(), "jwks_uri", address() + "/keys")));
    server.createContext(
        "/realm/keys", exchange -> answer(exchange, Map.of("keys", List.of(rsaJwk(), ecJwk()))));
    server.start();
  }

  public String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/realm";
  }

  public int requests() {
    return requests.get();
  }

  public void away(boolean away) {
    isAway = away;
  }

  /** From now on it signs with another key, and no longer shows the one before. */
  public void rotate() {
    rsa = rsaKeys();
    rsaId = "rsa-2";
  }

  private void answer(HttpExchange exchange, Map<String, ?> document) throws IOException {
    requests.incrementAndGet();
    byte[] body = Json.write(document);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(isAway ? 503 : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private Map<String, ?> rsaJwk() {
    RSAPublicKey key = (RSAPublicKey) rsa.getPublic();
    return Map.of(
        "kty",
        "RSA",
        "kid",
        rsaId,
        "use",
        "sig",
        "n",
        base64(unsigned(key.getModulus(), 256)),
        "e",
        base64(unsigned(key.getPublicExponent(), 3)));
  }

  private Map<String, ?> ecJwk() {
    ECPublicKey key = (ECPublicKey) ec.getPublic();
    return Map.of(
        "kty", "EC",
        "kid", "ec-1",
        "crv", "P-256",
        "x", base64(unsigned(key.getW().getAffineX(), 32)),
        "y", base64(unsigned(key.getW().getAffineY(), 32)));
  }

  public String rs256(Map<String, ?> claims) {
    return signed("RS256", rsaId, claims, rsa.getPrivate(), "SHA256withRSA");
  }

  public String es256(Map<String, ?> claims) {
    return signed("ES256", "ec-1", claims, ec.getPrivate(), "SHA256withECDSAinP1363Format");
  }

  /** By a key that is not the issuer's. */
  public String forged(String keyId, Map<String, ?> claims) {
    return signed("RS256", keyId, claims, rsaKeys().getPrivate(), "SHA256withRSA");
  }

  public static String unsigned(Map<String, ?> claims) {
    return base64("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8))
        + "."
        + base64(Json.write(claims))
        + ".";
  }

  private static String signed(
      String algorithm, String keyId, Map<String, ?> claims, PrivateKey key, String way) {
    String content =
        base64(Json.write(Map.of("alg", algorithm, "typ", "JWT", "kid", keyId)))
            + "."
            + base64(Json.write(claims));
    try {
      Signature signature = Signature.getInstance(way);
      signature.initSign(key);
      signature.update(content.getBytes(StandardCharsets.US_ASCII));
      return content + "." + base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** The bytes of a token's parts, changed in one place. */
  public static String altered(String token, String from, String to) {
    List<String> parts = new ArrayList<>(Arrays.asList(token.split("\\.")));
    String claims = new String(Base64.getUrlDecoder().decode(parts.get(1)), StandardCharsets.UTF_8);
    parts.set(1, base64(claims.replace(from, to).getBytes(StandardCharsets.UTF_8)));
    return String.join(".", parts);
  }

  private static KeyPair rsaKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyPair ecKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] unsigned(BigInteger number, int length) {
    byte[] bytes = number.toByteArray();
    byte[] fixed = new byte[length];
    int count = Math.min(length, bytes.length);
    System.arraycopy(bytes, bytes.length - count, fixed, length - count, count);
    return fixed;
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
