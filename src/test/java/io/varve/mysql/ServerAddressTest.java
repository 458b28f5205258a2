package io.varve.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.InvalidRequestException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerAddressTest {

  @Test
  void hasUserHostAndPort() {
    assertThat(ServerAddress.parse("mysql://app@db.example.com:3307"))
        .isEqualTo(new ServerAddress(Optional.of("app"), "db.example.com", 3307));
  }

  @Test
  void userAndPortMayBeMissing() {
    assertThat(ServerAddress.parse("mariadb://db/"))
        .isEqualTo(new ServerAddress(Optional.empty(), "db", 3306));
  }

  @Test
  void anIpv6AddressStandsInBrackets() {
    ServerAddress address = ServerAddress.parse("mysql://app@[2001:db8::7]:3307");
    assertThat(address.host()).isEqualTo("2001:db8::7");
    assertThat(address).hasToString("[2001:db8::7]:3307");
  }

  @Test
  void theUserIsPercentDecoded() {
    assertThat(ServerAddress.parse("mysql://a%40b+c%3A@db").user()).contains("a@b+c:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mysql://root:hunter2@db:3306",
        "mysql://root:hunter2@x@db",
        "mysql://:hunter2@db"
      })
  void aPasswordIsRefusedAndNotRepeated(String uri) {
    assertThatThrownBy(() -> ServerAddress.parse(uri))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("holds a password")
        .hasMessageContaining("~/.my.cnf")
        .message()
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "db:3306",
        "postgres://db",
        "mysql://",
        "mysql://app@",
        "mysql://db:0",
        "mysql://db:70000",
        "mysql://db:port",
        "mysql://db/shop",
        "mysql://db?ssl=1",
        "mysql://a%4@db",
        "mysql://2001:db8::7"
      })
  void anythingElseIsRefusedWithTheFormToWrite(String uri) {
    assertThatThrownBy(() -> ServerAddress.parse(uri))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("mysql://user@host:port");
  }

  @ParameterizedTest
  @ValueSource(strings = {"root:hunter2@db", "mysql:/root:hunter2@db", "mysql://root@hunter2:x:y"})
  void whatCannotBeReadIsNotRepeatedWhenItMayHoldAPassword(String uri) {
    assertThatThrownBy(() -> ServerAddress.parse(uri))
        .isInstanceOf(InvalidRequestException.class)
        .message()
        .doesNotContain("root:hunter2");
  }
}
