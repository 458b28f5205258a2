package io.varve.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.varve.InvalidRequestException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/configuration.schema.json and what is read are of one opinion. */
class ConfigurationSchemaTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonSchema SCHEMA = schema();
  private static final Pattern EXAMPLE = Pattern.compile("(?s)```json\n(.*?)```");

  private static JsonSchema schema() {
    try {
      return JsonSchemaFactory.getInstance(VersionFlag.V202012)
          .getSchema(JSON.readTree(Path.of("docs", "configuration.schema.json").toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void everyExampleOfTheDocsIsTakenByBoth() throws IOException {
    String page = Files.readString(Path.of("docs", "configuration.md"));
    List<String> examples =
        EXAMPLE.matcher(page).results().map((MatchResult found) -> found.group(1)).toList();
    assertThat(examples).isNotEmpty().allSatisfy(ConfigurationSchemaTest::requireGood);
  }

  @Test
  void theServerOfComposeIsTakenByBoth() throws IOException {
    requireGood(Files.readString(Path.of("infra", "compose", "varve.json")).strip());
  }

  @Test
  void aDocumentWithEveryFieldIsTakenByBoth() {
    requireGood(ConfigurationTest.WHOLE.strip());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'store': {'location': 's3://bucket'}}",
        "{'store': {'location': 'file:///b', 'endpoint': null}, 'sources': null, 'targets': {}}",
        "{'store': {'location': 's3://bucket', 'endpoint': 'http://minio:9000', 'pathStyle': false}}",
        "fields: 'credentials': {'user': 'u', 'passwordFile': '/run/password'}",
        "fields: 'credentials': {'user': 'u', 'passwordVariable': 'P', 'secret': null}",
        "fields: 'credentials': {'secret': 'x', 'user': 'u'}",
        "fields: 'credentials': {'user': 'u', 'rdsIam': true, 'region': 'eu-central-1'}",
        "fields: 'credentials': {'user': 'u', 'rdsIam': true}, 'tls': {'mode': 'verify-ca'}",
        "fields: 'credentials': {'secret': 'x'}, 'tls': {'authorities': 'system'}",
        "fields: 'credentials': {'secret': 'x'}, 'tls': {'mode': 'required', 'authorities': null}",
        "fields: 'credentials': {'secret': 'x'}, 'partSize': '64 kib', 'limitRate': '1048576'",
        "fields: 'credentials': {'secret': 'x'}, 'parallel': 64, 'maxThreadsRunning': 0",
        "fields: 'credentials': {'secret': 'x'}, 'parallel': 2.0, 'tags': [], 'snapshot': null",
        "fields: 'credentials': {'secret': 'x'}, 'schedules': {'full': {'cron': '0 0 * * *'}}",
        "fields: 'credentials': {'secret': 'x'}, 'schedules': {'sync': {'cron': '0 * * * *',"
            + " 'timeZone': null, 'options': {'target': 't'}}}",
        "{'store': {'location': 's3://bucket'}, 'server': {}}",
        "{'store': {'location': 's3://bucket'}, 'server': {'jobs': 64, 'tokens': {}}}",
        "{'store': {'location': 's3://bucket'}, 'server': {'oidc': {'issuer':"
            + " 'https://login.example.com/realms/a', 'audience': 'varve', 'rolesClaim': 'a.b',"
            + " 'roles': {'dba': ['backup'], 'guest': []}}}}",
        "{'store': {'location': 's3://bucket'}, 'server': {'oidc': {'issuer':"
            + " 'http://127.0.0.1:8081', 'audience': 'varve', 'roles': {}}}}",
        "{'store': {'location': 's3://bucket'}, 'server': {'iam': {'arn:aws:iam::123456789012:role/"
            + "teams/on-call': ['backup'], 'arn:aws:iam::123456789012:user/ann': []}}}"
      })
  void goodDocuments(String document) {
    requireGood(written(document));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{}",
        "{'store': null}",
        "{'store': {}}",
        "{'store': {'location': 7}}",
        "{'store': {'location': 'http://bucket'}}",
        "{'store': {'location': 's3://bucket', 'endpoint': 'minio:9000'}}",
        "{'store': {'location': 's3://bucket', 'endpoint': 'http://key:secret@minio'}}",
        "{'store': {'location': 's3://bucket', 'pathStyle': 'yes'}}",
        "{'store': {'location': 's3://bucket', 'bucket': 'b'}}",
        "{'store': {'location': 's3://bucket'}, 'source': {}}",
        "{'store': {'location': 's3://bucket'}, 'sources': []}",
        "{'store': {'location': 's3://bucket'}, 'sources': {'s': 'mysql://db'}}",
        "{'store': {'location': 's3://bucket'}, 'sources': {'s': null}}",
        "{'store': {'location': 's3://bucket'}, 'sources': {'s': {}}}",
        "{'store': {'location': 's3://bucket'}, 'sources': {'a/b':"
            + " {'address': 'mysql://d', 'credentials': {'secret': 'x'}}}}",
        "{'store': {'location': 's3://bucket'}, 'targets': {'varve.json':"
            + " {'address': 'mysql://d', 'credentials': {'secret': 'x'}}}}",
        "{'store': {'location': 's3://bucket'}, 'targets': {'t':"
            + " {'address': 'mysql://d', 'credentials': {'secret': 'x'}, 'accounts': true}}}",
        "{'store': {'location': 's3://bucket'}, 'targets': {'t':"
            + " {'address': 'mysql://u@d', 'credentials': {'secret': 'x'}}}}",
        "{'store': {'location': 's3://bucket'}, 'targets': {'t':"
            + " {'address': 'db:3306', 'credentials': {'secret': 'x'}}}}",
        "fields: 'tags': []",
        "fields: 'credentials': {}",
        "fields: 'credentials': null",
        "fields: 'credentials': {'user': 'u'}",
        "fields: 'credentials': {'user': 'u', 'password': 'p'}",
        "fields: 'credentials': {'passwordVariable': 'P'}",
        "fields: 'credentials': {'user': '', 'passwordVariable': 'P'}",
        "fields: 'credentials': {'user': 'u', 'passwordVariable': ' '}",
        "fields: 'credentials': {'user': 'u', 'passwordVariable': 'P', 'passwordFile': '/p'}",
        "fields: 'credentials': {'user': 'u', 'secret': 'x', 'rdsIam': true}",
        "fields: 'credentials': {'user': 'u', 'rdsIam': false}",
        "fields: 'credentials': {'rdsIam': true}",
        "fields: 'credentials': {'secret': 'x', 'region': 'eu-central-1'}",
        "fields: 'credentials': {'user': 'u', 'rdsIam': true}, 'tls': {'mode': 'required'}",
        "fields: 'credentials': {'secret': 'x'}, 'tls': {'mode': 'VERIFY_CA'}",
        "fields: 'credentials': {'secret': 'x'}, 'tls': {'mode': 'required', 'authorities': 'rds'}",
        "fields: 'credentials': {'secret': 'x'}, 'tls': {'ca': 'rds'}",
        "fields: 'credentials': {'secret': 'x'}, 'tls': 'rds'",
        "fields: 'credentials': {'secret': 'x'}, 'include': 'a.*'",
        "fields: 'credentials': {'secret': 'x'}, 'exclude': [null]",
        "fields: 'credentials': {'secret': 'x'}, 'tags': ['']",
        "fields: 'credentials': {'secret': 'x'}, 'accounts': 1",
        "fields: 'credentials': {'secret': 'x'}, 'parallel': 0",
        "fields: 'credentials': {'secret': 'x'}, 'parallel': 65",
        "fields: 'credentials': {'secret': 'x'}, 'parallel': '2'",
        "fields: 'credentials': {'secret': 'x'}, 'compressionLevel': 20",
        "fields: 'credentials': {'secret': 'x'}, 'compressionLevel': 1.5",
        "fields: 'credentials': {'secret': 'x'}, 'partSize': 16777216",
        "fields: 'credentials': {'secret': 'x'}, 'partSize': '16X'",
        "fields: 'credentials': {'secret': 'x'}, 'limitRate': '-1'",
        "fields: 'credentials': {'secret': 'x'}, 'maxThreadsRunning': -1",
        "fields: 'credentials': {'secret': 'x'}, 'snapshot': 'best'",
        "fields: 'credentials': {'secret': 'x'}, 'overwrite': true",
        "fields: 'credentials': {'secret': 'x'}, 'schedules': {'hourly': {'cron': '0 * * * *'}}",
        "fields: 'credentials': {'secret': 'x'}, 'schedules': {'full': {}}",
        "fields: 'credentials': {'secret': 'x'}, 'schedules': {'full': {'cron': '0 * * * *',"
            + " 'zone': 'UTC'}}",
        "fields: 'credentials': {'secret': 'x'}, 'schedules': {'full': {'cron': '0 * * * *',"
            + " 'jitter': 'some'}}",
        "fields: 'credentials': {'secret': 'x'}, 'schedules': {'full': {'cron': '0 * * * *',"
            + " 'options': []}}",
        "{'store': {'location': 's3://bucket'}, 'server': {'jobs': 0}}",
        "{'store': {'location': 's3://bucket'}, 'server': {'port': 80}}",
        "{'store': {'location': 's3://bucket'}, 'server': {'tokens': {'t': {'roles': ['read']}}}}",
        "{'store': {'location': 's3://bucket'}, 'server': {'tokens': {'t': {'sha256': 'secret',"
            + " 'roles': ['read']}}}}",
        "{'store': {'location': 's3://bucket'}, 'server': {'oidc': {'issuer':"
            + " 'http://login.example.com', 'audience': 'varve', 'roles': {}}}}",
        "{'store': {'location': 's3://bucket'}, 'server': {'oidc': {'issuer':"
            + " 'https://login.example.com', 'audience': 'varve', 'roles': {'dba': ['all']}}}}",
        "{'store': {'location': 's3://bucket'}, 'server': {'oidc': {'issuer':"
            + " 'https://login.example.com', 'roles': {}}}}",
        "{'store': {'location': 's3://bucket'}, 'server': {'iam': {'on-call': ['backup']}}}",
        "{'store': {'location': 's3://bucket'}, 'server': {'iam':"
            + " {'arn:aws:sts::123456789012:assumed-role/on-call/ann': ['backup']}}}",
        "{'store': {'location': 's3://bucket'}, 'server': {'iam':"
            + " {'arn:aws:iam::123456789012:role/on-call': ['all']}}}"
      })
  void badDocuments(String document) {
    String text = written(document);
    assertThat(SCHEMA.validate(parsed(text))).as("the schema about %s", text).isNotEmpty();
    requireRefused(text);
  }

  /** A pattern cannot count, nor know all of an address. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'store': {'location': 's3://bucket//p'}}",
        "fields: 'credentials': {'secret': 'x'}, 'partSize': '1K'",
        "fields: 'credentials': {'secret': 'x'}, 'partSize': '65M'",
        "fields: 'credentials': {'secret': 'x'}, 'limitRate': '1'",
        "fields: 'credentials': {'secret': 'x'}, 'limitRate': '999999999999G'",
        "{'store': {'location': 's3://bucket'}, 'targets': {'t':"
            + " {'address': 'mysql://db:99999', 'credentials': {'secret': 'x'}}}}"
      })
  void documentsThatOnlyReadingShowsToBeBad(String document) {
    requireRefused(written(document));
  }

  private static void requireGood(String document) {
    assertThat(SCHEMA.validate(parsed(document))).as("the schema about %s", document).isEmpty();
    assertThat(read(document)).isNotNull();
  }

  private static void requireRefused(String document) {
    // An array is no document: VARVE_CONFIG begins with a brace.
    assertThat(
            catchThrowable(
                () ->
                    new ConfigurationReader(Map.of(), new AwsEnvironment(Map.of()))
                        .read(new ConfigurationText("a test", document))))
        .as(document)
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("a test: ");
  }

  private static Configuration read(String document) {
    return Configuration.load(Map.of("VARVE_CONFIG", document));
  }

  /** With quotes, and where only fields of a source are told, with the document around. */
  private static String written(String shorthand) {
    String text = shorthand.replace('\'', '"');
    return text.startsWith("fields: ")
        ? """
          {"store": {"location": "s3://bucket"}, "sources": {"s": {"address": "mysql://db", %s}}}"""
            .formatted(text.substring("fields: ".length()))
        : text;
  }

  private static JsonNode parsed(String document) {
    try {
      return JSON.readTree(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
