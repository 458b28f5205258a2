package io.varve.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OptionFileTest {

  @TempDir Path directory;

  @Test
  void readsTheClientGroupsAndNoOthers() throws IOException {
    OptionFile options =
        read(
            """
            [mysqld]
            user = mysql
            port = 1
            [client]
            user = app
            host=db.example.com
            [client-mariadb]
            port = 3307
            [mysqldump]
            user = dumper
            """);
    assertThat(options.user()).contains("app");
    assertThat(options.host()).contains("db.example.com");
    assertThat(options.port()).contains(3307);
    assertThat(options.password()).isEmpty();
  }

  @Test
  void theLastValueCounts() throws IOException {
    assertThat(read("[client]\nuser=a\n[varve]\nuser=b\n").user()).contains("b");
  }

  @Test
  void commentsMayStandAnywhereButInQuotes() throws IOException {
    OptionFile options =
        read(
            """
            # a comment
            ; another
            [Client]  # and one more
            user = app # not part of it
            password = "a#b;c" # nor this
            """);
    assertThat(options.user()).contains("app");
    assertThat(options.password()).contains(Secret.of("a#b;c"));
  }

  @Test
  void valuesAreUnquotedAndUnescaped() throws IOException {
    assertThat(password("' a b '")).isEqualTo(" a b ");
    assertThat(password("\"it's\"")).isEqualTo("it's");
    assertThat(password("a\\sb\\tc\\\\d\\\"e")).isEqualTo("a b\tc\\d\"e");
    assertThat(password("unknown\\qescape")).isEqualTo("unknown\\qescape");
    assertThat(password("a=b=c")).isEqualTo("a=b=c");
  }

  @Test
  void aPasswordWithoutAValueMeansToAskForIt() throws IOException {
    assertThat(read("[client]\npassword\n").password()).isEmpty();
  }

  @Test
  void dashesAndUnderscoresAreTheSameAndLooseIsDropped() throws IOException {
    OptionFile options = read("[client]\nloose_connect_timeout=7\nssl_mode=VERIFY_CA\n");
    assertThat(options.connectTimeout()).contains(Duration.ofSeconds(7));
    assertThat(options.tlsMode()).contains(TlsMode.VERIFY_CA);
  }

  @Test
  void mariaDbsTlsOptionsHaveAMode() throws IOException {
    assertThat(read("[client]\nssl\n").tlsMode()).contains(TlsMode.REQUIRED);
    assertThat(read("[client]\nskip-ssl\n").tlsMode()).contains(TlsMode.DISABLED);
    assertThat(read("[client]\nssl-verify-server-cert\n").tlsMode())
        .contains(TlsMode.VERIFY_IDENTITY);
    assertThat(read("[client]\nssl-ca=/ca.pem\n").tlsMode()).contains(TlsMode.VERIFY_CA);
    assertThat(read("[client]\nuser=a\n").tlsMode()).isEmpty();
  }

  @Test
  void includedFilesAndDirectoriesAreReadInPlace() throws IOException {
    Path parts = Files.createDirectory(directory.resolve("conf.d"));
    Files.writeString(parts.resolve("b.cnf"), "[client]\nhost=from-b\n");
    Files.writeString(parts.resolve("a.cnf"), "[client]\nhost=from-a\nport=7\n");
    Files.writeString(parts.resolve("c.txt"), "[client]\nhost=from-c\n");
    Files.writeString(directory.resolve("one.cnf"), "[client]\nuser=from-one\n");
    OptionFile options = read("!include one.cnf\n!includedir conf.d\n");
    assertThat(options.user()).contains("from-one");
    assertThat(options.host()).contains("from-b");
    assertThat(options.port()).contains(7);
  }

  @Test
  void aFileThatIncludesItselfEnds() throws IOException {
    OptionFile options = read("[client]\nuser=app\n!include my.cnf\n");
    assertThat(options.user()).contains("app");
    assertThat(options.warnings()).anyMatch(warning -> warning.contains("includes too deeply"));
  }

  @Test
  void aSocketIsPassedOverWithAWarning() throws IOException {
    assertThat(read("[client]\nsocket=/run/mysqld.sock\n").warnings())
        .anyMatch(warning -> warning.contains("TCP only"));
  }

  @Test
  void aPasswordThatOthersCanReadIsWarnedOf() throws IOException {
    Path file = write("[client]\npassword=hunter2\n", "rw-r--r--");
    assertThat(OptionFile.read(file).warnings())
        .singleElement()
        .asString()
        .contains("chmod 600")
        .doesNotContain("hunter2");
    assertThat(OptionFile.read(write("[client]\npassword=x\n", "rw-------")).warnings()).isEmpty();
    assertThat(OptionFile.read(write("[client]\nuser=x\n", "rw-r--r--")).warnings()).isEmpty();
  }

  @Test
  void aFileThatEverybodyCanWriteIsIgnored() throws IOException {
    OptionFile options = OptionFile.read(write("[client]\nhost=evil\n", "rw-rw-rw-"));
    assertThat(options.host()).isEmpty();
    assertThat(options.warnings()).anyMatch(warning -> warning.contains("is ignored"));
  }

  @Test
  void aMissingFileIsNamed() {
    Path missing = directory.resolve("none.cnf");
    assertThatThrownBy(() -> OptionFile.read(missing))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(missing.toString())
        .hasMessageContaining("no such file");
    assertThat(OptionFile.readOfHome(directory)).isEqualTo(OptionFile.empty());
  }

  @Test
  void whatIsNotAnOptionFileIsNamed() throws IOException {
    Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xC3, 0x28});
    assertThatThrownBy(() -> OptionFile.read(binary))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("not text");
    assertThatThrownBy(() -> OptionFile.read(directory))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("cannot be read");
    assertThatThrownBy(() -> read("[client\nuser=x\n"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("line 1");
  }

  @Test
  void printsNoPassword() throws IOException {
    OptionFile options = read("[client]\nuser=app\npassword=hunter2\n");
    assertThat(options.toString()).contains("app").doesNotContain("hunter2");
    assertThat(options.password().toString()).doesNotContain("hunter2");
  }

  private String password(String value) throws IOException {
    return read("[client]\npassword=" + value + "\n").password().orElseThrow().reveal();
  }

  private OptionFile read(String text) throws IOException {
    return OptionFile.read(write(text, "rw-------"));
  }

  private Path write(String text, String permissions) throws IOException {
    Path file = Files.writeString(directory.resolve("my.cnf"), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }
}
