package io.varve.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.InvalidRequestException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreLocationTest {

  @ParameterizedTest
  @CsvSource({
    "s3://bucket, s3://bucket",
    "s3://bucket/, s3://bucket",
    "S3://bucket/a/b/, s3://bucket/a/b",
    "s3://bucket/a b+c%20d, s3://bucket/a b+c%20d",
    "file:///var/backups, file:///var/backups",
    "file:///var/backups/, file:///var/backups",
    "file:/var/backups, file:///var/backups",
    "file://localhost/var/backups, file:///var/backups",
    "file:///with%20space%25, file:///with space%",
    "file:///a/../b, file:///b"
  })
  void anAddressIsRead(String text, String uri) {
    assertThat(StoreLocation.parse(text).uri()).isEqualTo(uri);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/var/backups",
        "bucket/prefix",
        "https://bucket.s3.amazonaws.com/prefix",
        "gs://bucket",
        "s3:bucket",
        "s3://",
        "s3:///prefix",
        "s3://b",
        "s3://bucket:9000/prefix",
        "s3://bucket//prefix",
        "s3://bucket/a/../b",
        "s3://bucket/prefix?region=eu-west-1",
        "file:relative",
        "file://relative/path",
        "file://~/backups",
        "file:///broken%2",
        "file:///broken%zz"
      })
  void whatIsNoAddressIsRefusedWithTheRightForm(String text) {
    assertThatThrownBy(() -> Stores.open(text, S3Options.DEFAULT))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("open the store")
        .hasMessageMatching("(?s).*(s3://bucket/prefix|file:///absolute/path|--s3-endpoint).*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"s3://key:secret@bucket/p", "key:secret@bucket", "http://k:secret@host/b"})
  void anAddressWithASecretIsNotRepeated(String text) {
    assertThatThrownBy(() -> StoreLocation.parse(text))
        .isInstanceOf(InvalidRequestException.class)
        .message()
        .doesNotContain("secret@");
  }

  @Test
  void anArchiveClassIsRefused() {
    S3Options options =
        S3Options.DEFAULT
            .withEndpoint(URI.create("http://127.0.0.1:1"))
            .withStorageClass("deep_archive");

    assertThatThrownBy(() -> Stores.open("s3://bucket", options))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("DEEP_ARCHIVE");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost:9000", "ftp://host", "host", "http://", "http://k:secret@host:9000"})
  void anEndpointThatIsNoneIsRefused(String endpoint) {
    assertThatThrownBy(
            () ->
                S3Endpoint.resolve(
                    S3Options.DEFAULT.withEndpoint(
                        endpoint.equals("http://") ? URI.create("http:///") : URI.create(endpoint)),
                    Map.of()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("use the S3 endpoint")
        .message()
        .doesNotContain("secret");
  }

  @Test
  void anOwnEndpointTakesPathStyleAndAnyRegion() {
    S3Endpoint own =
        S3Endpoint.resolve(
            S3Options.DEFAULT.withEndpoint(URI.create("https://minio.example:9000")), Map.of());
    assertThat(own.pathStyle()).isTrue();

    S3Endpoint aws =
        S3Endpoint.resolve(
            S3Options.DEFAULT.withEndpoint(URI.create("https://s3.eu-west-1.amazonaws.com")),
            Map.of("AWS_DEFAULT_REGION", "eu-west-1"));
    assertThat(aws.pathStyle()).isFalse();
    assertThat(aws.region().id()).isEqualTo("eu-west-1");

    S3Endpoint chosen =
        S3Endpoint.resolve(
            S3Options.DEFAULT
                .withRegion("eu-central-1")
                .withAddressing(S3Options.Addressing.VIRTUAL_HOST)
                .withEndpoint(URI.create("https://ceph.example")),
            Map.of());
    assertThat(chosen.pathStyle()).isFalse();
    assertThat(chosen.region().id()).isEqualTo("eu-central-1");
    assertThat(chosen.target("bucket").getHost()).isEqualTo("bucket.ceph.example");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://s3.eu-west-1.amazonaws.com | ''                        | true",
        "https://s3.eu-west-1.amazonaws.com | .amazonaws.com            | false",
        "https://s3.eu-west-1.amazonaws.com | localhost, *.amazonaws.com| false",
        "https://minio.internal:9000        | minio.internal:9000       | false",
        "https://minio.internal:9000        | internal                  | false",
        "https://minio.internal:9000        | nal                       | true",
        "https://minio.internal:9000        | *                         | false",
        "http://minio.internal:9000         | ''                        | false"
      })
  void theProxyVariablesAreReadAsCurlDoes(String target, String noProxy, boolean proxied) {
    Map<String, String> environment =
        Map.of("HTTPS_PROXY", "http://proxy.example:3128", "NO_PROXY", noProxy);

    assertThat(OutboundProxy.of(URI.create(target), environment).isPresent()).isEqualTo(proxied);
  }

  @Test
  void aBrokenProxyVariableIsNotRepeated() {
    assertThatThrownBy(
            () ->
                OutboundProxy.of(
                    URI.create("https://host"),
                    Map.of("https_proxy", "socks5://user:secret@proxy:1")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("HTTPS_PROXY")
        .message()
        .doesNotContain("secret");
  }
}
