package io.varve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.testing.CommandLineRun;
import io.varve.testing.EmbeddedS3;
import io.varve.testing.PasswordFile;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each error says what, where and what to do; each exit code is the documented one. */
class BadInputTest {

  private static final int USAGE = 2;
  private static final int CHANGE_FIRST = 3;
  private static final int LATER = 5;

  private final TestServer server = TestServer.shared();
  private final Path folder;

  BadInputTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private CommandLineRun backup(String source, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of("backup", "--store", folder.toUri().toString(), "--source", source));
    args.addAll(List.of(more));
    return CommandLineRun.withLogin(server, args.toArray(String[]::new));
  }

  @Test
  void aWrongPasswordIsNamedButNotPrinted() {
    try (TestUser user = server.freshUser("SELECT ON *.*");
        PasswordFile wrong = PasswordFile.of("wr0ng-s3cret")) {
      CommandLineRun run =
          CommandLineRun.of(
              "backup",
              "--store",
              folder.toUri().toString(),
              "--source",
              "mysql://" + user.name() + "@" + server.host() + ":" + server.port(),
              "--allow-public-key-retrieval",
              "--password-file",
              wrong.path().toString());
      assertThat(run.exitCode()).isEqualTo(CHANGE_FIRST);
      assertThat(run.err())
          .contains("cannot connect to", server.host() + ":" + server.port(), "Access denied")
          .contains(user.name(), "Check user and password");
      assertThat(run.text()).doesNotContain("wr0ng-s3cret");
    }
  }

  @Test
  void anUnknownHostIsNamed() {
    CommandLineRun run = backup("mysql://root@no-such-host.invalid:3306");
    assertThat(run.exitCode()).isEqualTo(CHANGE_FIRST);
    assertThat(run.err()).contains("no-such-host.invalid", "no such host is known", "DNS");
  }

  @Test
  void aPortOnWhichNothingListensIsNamed() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    CommandLineRun run = backup("mysql://root@127.0.0.1:" + port);
    assertThat(run.exitCode()).isEqualTo(LATER);
    assertThat(run.err()).contains("127.0.0.1:" + port, "nothing listens", "Check host and port");
  }

  @Test
  void aPasswordInTheAddressIsRefusedAndNotPrinted() {
    CommandLineRun run = backup("mysql://root:s3cret@127.0.0.1:1");
    assertThat(run.exitCode()).isEqualTo(CHANGE_FIRST);
    assertThat(run.text())
        .doesNotContain("s3cret")
        .contains("Leave the password out of the address");
  }

  @Test
  void anAuthorityThatTheServerDoesNotHaveIsRefused() {
    CommandLineRun run = backup(server.uri(), "--tls-mode", "verify-ca");
    assertThat(run.exitCode()).isEqualTo(CHANGE_FIRST);
    assertThat(run.err()).contains("TLS").containsAnyOf("certificate authority", "TLS mode");
  }

  @Test
  void aSelectionThatMatchesNothingIsNamed() {
    CommandLineRun run = backup(server.uri(), "--include", "no_such_schema.*");
    assertThat(run.exitCode()).isEqualTo(CHANGE_FIRST);
    assertThat(run.err()).contains("no_such_schema.*", "--include", "SELECT");
  }

  @Test
  void aMissingBucketIsNamed() {
    EmbeddedS3 s3 = EmbeddedS3.shared();
    System.setProperty("aws.accessKeyId", s3.credentials().accessKey());
    System.setProperty("aws.secretAccessKey", s3.credentials().secretKey());
    try {
      CommandLineRun run =
          CommandLineRun.of(
              "list",
              "--store",
              "s3://no-such-bucket-here/prefix",
              "--s3-endpoint",
              s3.endpoint().toString());
      assertThat(run.exitCode()).as(run.text()).isEqualTo(CHANGE_FIRST);
      assertThat(run.err()).contains("no-such-bucket-here");
    } finally {
      System.clearProperty("aws.accessKeyId");
      System.clearProperty("aws.secretAccessKey");
    }
  }

  @Test
  void aFolderWithoutARepositoryIsNamed() {
    CommandLineRun run = CommandLineRun.of("list", "--store", folder.toUri().toString());
    assertThat(run.exitCode()).isEqualTo(CHANGE_FIRST);
    assertThat(run.err()).contains(folder.toString(), "varve.json", "the first backup makes");
  }

  @Test
  void aConfigurationFileWithAnUnknownOptionIsRefused() throws IOException {
    Path config = Files.writeString(folder.resolve("varve.properties"), "part-sise=32M\n");
    CommandLineRun run = backup(server.uri(), "--config", config.toString());
    assertThat(run.exitCode()).isEqualTo(CHANGE_FIRST);
    assertThat(run.err()).contains(config.toString(), "part-sise", "varve backup --help");
  }

  @Test
  void aConfigurationFileStandsInForOptions() throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("varve.properties"),
            "store=" + folder.toUri() + "\nsource=" + server.uri() + "\npart-size=1M\n");
    try (TestSchema schema = server.freshSchema()) {
      schema.execute("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
      CommandLineRun run =
          CommandLineRun.withLogin(
              server,
              "backup",
              "--config",
              config.toString(),
              "--include",
              schema.name(),
              "--json");
      assertThat(run.exitCode()).as(run.text()).isZero();
      assertThat(run.out()).contains("\"backupId\"", "\"rows\":1").hasLineCount(1);
    }
  }

  @Test
  void wrongUsageIsToldFromWhatHasToChange() {
    assertThat(CommandLineRun.of("backup").exitCode()).isEqualTo(USAGE);
    assertThat(CommandLineRun.of("bakcup").exitCode()).isEqualTo(USAGE);
    assertThat(backup(server.uri(), "--part-size", "1K").exitCode()).isEqualTo(USAGE);
    assertThat(backup(server.uri(), "--parallel", "0").exitCode()).isEqualTo(USAGE);
    assertThat(backup(server.uri(), "--snapshot", "magic").exitCode()).isEqualTo(CHANGE_FIRST);
    assertThat(backup(server.uri(), "--store", "ftp://somewhere").exitCode())
        .isIn(USAGE, CHANGE_FIRST);
    assertThat(CommandLineRun.of("--version").exitCode()).isZero();
  }

  @Test
  void anErrorIsOneJsonObjectWhenAskedFor() {
    CommandLineRun run = backup(server.uri(), "--include", "no_such_schema.*", "--json");
    assertThat(run.exitCode()).isEqualTo(CHANGE_FIRST);
    assertThat(run.out())
        .hasLineCount(1)
        .contains("\"error\"", "\"InvalidRequestException\"", "\"hint\"", "\"exitCode\":3");
  }
}
