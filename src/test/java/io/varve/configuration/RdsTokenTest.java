package io.varve.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.InvalidRequestException;
import io.varve.mysql.DatabaseServer;
import io.varve.mysql.Login;
import io.varve.mysql.ServerAddress;
import io.varve.testing.TestServer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** Tokens of IAM, held against the signature's definition (AWS Signature Version 4). */
class RdsTokenTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-20T07:00:00Z"), ZoneOffset.UTC);
  private static final String HOST = "shop.abcdefgh.eu-central-1.rds.amazonaws.com";
  private static final String KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  private static final Map<String, String> ENVIRONMENT =
      Map.of("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY", KEY);

  @Test
  void itIsTheSignedRequestThatTheServerExpects() throws Exception {
    String token = token(ENVIRONMENT, "mysql://" + HOST, "varve", Optional.empty());
    assertThat(token).startsWith(HOST + ":3306/?");
    Map<String, String> parameters = parameters(token);
    assertThat(parameters)
        .containsEntry("Action", "connect")
        .containsEntry("DBUser", "varve")
        .containsEntry("X-Amz-Algorithm", "AWS4-HMAC-SHA256")
        .containsEntry("X-Amz-Date", "20261120T070000Z")
        .containsEntry("X-Amz-SignedHeaders", "host")
        .containsEntry("X-Amz-Expires", "900")
        .containsEntry("X-Amz-Credential", "AKIDEXAMPLE/20261120/eu-central-1/rds-db/aws4_request")
        .containsOnlyKeys(
            "Action",
            "DBUser",
            "X-Amz-Algorithm",
            "X-Amz-Date",
            "X-Amz-SignedHeaders",
            "X-Amz-Expires",
            "X-Amz-Credential",
            "X-Amz-Signature");
    assertThat(parameters.get("X-Amz-Signature"))
        .isEqualTo(signature(token, HOST + ":3306", "eu-central-1"));
  }

  @Test
  void aUserWithOddLettersAndASessionAreSignedToo() throws Exception {
    Map<String, String> session = new TreeMap<>(ENVIRONMENT);
    session.put("AWS_SESSION_TOKEN", "session/+=token");
    String token = token(session, "mysql://" + HOST + ":3307", "va rve+é", Optional.empty());
    assertThat(parameters(token))
        .containsEntry("DBUser", "va rve+é")
        .containsEntry("X-Amz-Security-Token", "session/+=token")
        .containsEntry("X-Amz-Signature", signature(token, HOST + ":3307", "eu-central-1"));
  }

  @Test
  void theRegionIsToldOrOfTheHostOrOfTheEnvironment() {
    Map<String, String> somewhere = new TreeMap<>(ENVIRONMENT);
    somewhere.put("AWS_REGION", "us-west-2");
    assertThat(region(token(somewhere, "mysql://" + HOST, "u", Optional.of("eu-west-3"))))
        .isEqualTo("eu-west-3");
    assertThat(region(token(somewhere, "mysql://" + HOST, "u", Optional.empty())))
        .isEqualTo("eu-central-1");
    assertThat(
            region(
                token(
                    somewhere,
                    "mysql://shop.x.rds.cn-north-1.amazonaws.com.cn",
                    "u",
                    Optional.empty())))
        .isEqualTo("cn-north-1");
    assertThat(region(token(somewhere, "mysql://db.example.com", "u", Optional.empty())))
        .isEqualTo("us-west-2");
  }

  @Test
  void aServerThatShowsNoCertificateNeverGetsOne() {
    TestServer server = TestServer.shared();
    Configuration configuration =
        Configuration.load(
            Map.of(
                "VARVE_CONFIG",
                """
                {"store": {"location": "file:///b"}, "sources": {"s": {
                  "address": "mysql://%s:%d",
                  "credentials": {"user": "root", "rdsIam": true, "region": "eu-central-1"}}}}
                """
                    .formatted(server.host(), server.port())
                    .strip(),
                "AWS_ACCESS_KEY_ID",
                "AKIDEXAMPLE",
                "AWS_SECRET_ACCESS_KEY",
                KEY));
    // This user has no password, so that a login would be refused if it came to one.
    assertThatThrownBy(() -> DatabaseServer.connect(configuration.source("s").settings()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("TLS")
        .message()
        .doesNotContain("Access denied", "X-Amz");
  }

  @Test
  void itPrintsNoToken() {
    assertThat(login(ENVIRONMENT, "mysql://" + HOST, "varve", Optional.empty()))
        .hasToString("Login[user=varve, password=***]");
  }

  private static String token(
      Map<String, String> environment, String address, String user, Optional<String> region) {
    return login(environment, address, user, region).password().reveal();
  }

  private static Login login(
      Map<String, String> environment, String address, String user, Optional<String> region) {
    return new RdsToken(
            new AwsEnvironment(environment), ServerAddress.parse(address), user, region, CLOCK)
        .login();
  }

  private static String region(String token) {
    return parameters(token).getOrDefault("X-Amz-Credential", "").split("/", -1)[2];
  }

  private static Map<String, String> parameters(String token) {
    Map<String, String> parameters = new TreeMap<>();
    for (String each : token.substring(token.indexOf('?') + 1).split("&", -1)) {
      String[] parts = each.split("=", 2);
      parameters.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return parameters;
  }

  /** As the "Create a signed AWS API request" page of IAM's guide computes it. */
  private static String signature(String token, String host, String region) throws Exception {
    String query =
        Map.copyOf(raw(token)).entrySet().stream()
            .filter(each -> !each.getKey().equals("X-Amz-Signature"))
            .sorted(Map.Entry.comparingByKey())
            .map(each -> each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining("&"));
    String canonical = "GET\n/\n" + query + "\nhost:" + host + "\n\nhost\n" + hex(sha256(""));
    String scope = "20261120/" + region + "/rds-db/aws4_request";
    String toSign = "AWS4-HMAC-SHA256\n20261120T070000Z\n" + scope + "\n" + hex(sha256(canonical));
    byte[] key = ("AWS4" + KEY).getBytes(StandardCharsets.UTF_8);
    for (String part : scope.split("/", -1)) {
      key = hmac(key, part);
    }
    return hex(hmac(key, toSign));
  }

  private static Map<String, String> raw(String token) {
    Map<String, String> parameters = new TreeMap<>();
    for (String each : token.substring(token.indexOf('?') + 1).split("&", -1)) {
      String[] parts = each.split("=", 2);
      parameters.put(parts[0], parts[1]);
    }
    return parameters;
  }

  private static byte[] sha256(String text) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] hmac(byte[] key, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
