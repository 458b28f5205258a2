package io.varve.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.InvalidRequestException;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A password that is changed while connections are opened. */
class CredentialsTest {

  private static final TestServer TESTED = TestServer.shared();
  private static final String NEW_PASSWORD = "rotated-hunter2";

  @Test
  void aFixedLoginIsRefusedOnceThePasswordHasChanged() {
    try (TestUser user = TESTED.freshUser();
        DatabaseServer server = DatabaseServer.connect(Servers.settings(user))) {
      changePassword(user);
      assertThatThrownBy(server::open)
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("Access denied for user '" + user.name());
    }
  }

  @Test
  void aLoginThatIsReadAnewGoesOn() throws Exception {
    try (TestUser user = TESTED.freshUser()) {
      Rotated credentials = new Rotated(user);
      try (DatabaseServer server = connect(credentials);
          Connection before = server.open()) {
        assertThat(credentials.refusals()).isZero();
        changePassword(user);
        credentials.rotate();
        try (Connection after = server.open();
            LoadConnection load = server.openForLoad()) {
          assertThat(after.isValid(5)).isTrue();
          assertThat(load).isNotNull();
        }
        assertThat(before.isValid(5)).isTrue();
        assertThat(credentials.refusals()).as("the new one was remembered").isOne();
      }
    }
  }

  @Test
  void twoThreadsThatAreRefusedAtOnceBothGoOn() throws Exception {
    try (TestUser user = TESTED.freshUser();
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Rotated credentials = new Rotated(user);
      try (DatabaseServer server = connect(credentials)) {
        changePassword(user);
        credentials.rotate();
        credentials.meet(2);
        List<Future<Boolean>> opened = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          opened.add(
              threads.submit(
                  () -> {
                    try (Connection connection = server.open()) {
                      return connection.isValid(5);
                    }
                  }));
        }
        for (Future<Boolean> each : opened) {
          assertThat(each.get(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(credentials.refusals()).isEqualTo(2);
      }
    }
  }

  @Test
  void aLoginThatIsStillWrongAfterReadingIsTriedOnceMoreAndNoOftener() {
    AtomicInteger read = new AtomicInteger();
    Credentials everWrong =
        new Credentials() {
          @Override
          public Login login() {
            return wrong();
          }

          @Override
          public Optional<Login> loginAfterRefusalOf(Login refused) {
            return Optional.of(wrong());
          }

          private Login wrong() {
            return new Login("nobody", Secret.of("hunter2-" + read.incrementAndGet()));
          }
        };
    assertThatThrownBy(() -> connect(everWrong))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("'nobody'")
        .message()
        .doesNotContain("hunter2");
    assertThat(read).hasValue(2);
  }

  @Test
  void nothingPrintsAPassword() {
    Login login = new Login("varve", Secret.of("hunter2"));
    ConnectionSettings settings =
        ConnectionSettings.of(
            ServerAddress.parse("mysql://db"), Credentials.fixed("varve", Secret.of("hunter2")));
    assertThat(login.toString() + settings).contains("varve", "***").doesNotContain("hunter2");
  }

  private static DatabaseServer connect(Credentials credentials) {
    return DatabaseServer.connect(
        ConnectionSettings.of(ServerAddress.parse(TESTED.uri()), credentials)
            .withPublicKeyRetrieval());
  }

  private static void changePassword(TestUser user) {
    TESTED.execute("ALTER USER '" + user.name() + "'@'%' IDENTIFIED BY '" + NEW_PASSWORD + "'");
  }

  /** Remembers the first password until it is refused, as one does who reads it elsewhere. */
  private static final class Rotated implements Credentials {

    private final AtomicInteger refusals = new AtomicInteger();
    private volatile Login current;
    private volatile Login stored;
    private volatile CyclicBarrier meeting = new CyclicBarrier(1);

    Rotated(TestUser user) {
      current = new Login(user.name(), Secret.of(user.password()));
      stored = current;
    }

    void rotate() {
      stored = new Login(stored.user(), Secret.of(NEW_PASSWORD));
    }

    /** Nobody is told of the new one before so many have been refused. */
    void meet(int threads) {
      meeting = new CyclicBarrier(threads);
    }

    int refusals() {
      return refusals.get();
    }

    @Override
    public Login login() {
      return current;
    }

    @Override
    public Optional<Login> loginAfterRefusalOf(Login refused) {
      refusals.incrementAndGet();
      try {
        meeting.await(30, TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      current = stored;
      return Optional.of(current).filter(other -> !other.equals(refused));
    }
  }
}
