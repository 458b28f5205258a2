package io.varve.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class TestServerTest {

  @Test
  void aFreshSchemaIsEmptyAndGoesWhenClosed() {
    String name;
    try (TestSchema schema = TestServer.shared().freshSchema()) {
      name = schema.name();
      schema.execute("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
      assertThat(TestServer.shared().value("SELECT COUNT(*) FROM " + name + ".t")).isEqualTo("1");
    }
    assertThat(TestServer.shared().rows("SHOW DATABASES LIKE '" + name + "'")).isEmpty();
  }

  @Test
  void aFreshUserMayDoOnlyWhatIsGranted() throws Exception {
    try (TestSchema schema = TestServer.shared().freshSchema();
        TestUser user = TestServer.shared().freshUser("SELECT ON " + schema.name() + ".*");
        Connection connection = TestServer.shared().connectAs(user.name(), user.password());
        Statement statement = connection.createStatement()) {
      try (var grants = statement.executeQuery("SHOW GRANTS")) {
        assertThat(grants.next()).isTrue();
        assertThat(grants.getString(1)).contains("USAGE");
      }
    }
  }

  @Test
  void theBinaryLogIsOn() {
    assertThat(TestServer.shared().value("SELECT @@log_bin")).isEqualTo("1");
  }
}
