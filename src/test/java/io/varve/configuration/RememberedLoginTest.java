package io.varve.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.mysql.Login;
import io.varve.mysql.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RememberedLoginTest {

  private final AtomicInteger reads = new AtomicInteger();
  private volatile String stored = "first";
  private volatile @Nullable RuntimeException failure;
  private volatile Instant now = Instant.EPOCH;
  private final RememberedLogin login =
      new RememberedLogin(Duration.ofMinutes(5), "a test", this::read, () -> now);

  private Login read() {
    reads.incrementAndGet();
    RuntimeException fails = failure;
    if (fails != null) {
      throw fails;
    }
    return login(stored);
  }

  @Test
  void itIsReadOnceInATerm() {
    assertThat(login.login()).isEqualTo(login("first"));
    stored = "second";
    now = now.plus(Duration.ofSeconds(299));
    assertThat(login.login()).isEqualTo(login("first"));
    assertThat(reads).hasValue(1);
    now = now.plus(Duration.ofSeconds(1));
    assertThat(login.login()).isEqualTo(login("second"));
    assertThat(reads).hasValue(2);
  }

  @Test
  void aRefusedOneIsReadAnewAtOnce() {
    Login refused = login.login();
    stored = "second";
    assertThat(login.loginAfterRefusalOf(refused)).contains(login("second"));
    assertThat(login.login()).isEqualTo(login("second"));
    assertThat(reads).hasValue(2);
  }

  @Test
  void aRefusedOneThatIsStillThereIsNotTriedAgain() {
    assertThat(login.loginAfterRefusalOf(login.login())).isEmpty();
  }

  @Test
  void ofManyThreadsThatAreRefusedAtOnceOneReads() throws Exception {
    int many = 8;
    Login refused = login.login();
    stored = "second";
    CyclicBarrier start = new CyclicBarrier(many);
    try (ExecutorService threads = Executors.newFixedThreadPool(many)) {
      List<Future<Optional<Login>>> got = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        got.add(
            threads.submit(
                () -> {
                  start.await(30, TimeUnit.SECONDS);
                  return login.loginAfterRefusalOf(refused);
                }));
      }
      for (Future<Optional<Login>> each : got) {
        assertThat(each.get(30, TimeUnit.SECONDS)).contains(login("second"));
      }
    }
    assertThat(reads).hasValue(2);
  }

  @Test
  void whereItCannotBeReadJustNowTheRememberedOneGoesOn() {
    Login first = login.login();
    failure = new RetryLaterException("read", "it", "it is slow", "Wait.");
    now = now.plus(Duration.ofMinutes(6));
    assertThat(login.login()).isEqualTo(first);
    assertThat(login.login()).as("without waiting for it each time").isEqualTo(first);
    assertThat(reads).hasValue(2);
    assertThatThrownBy(() -> login.loginAfterRefusalOf(first))
        .isInstanceOf(RetryLaterException.class);
    failure = null;
    stored = "second";
    now = now.plus(Duration.ofMinutes(1));
    assertThat(login.login()).isEqualTo(login("second"));
  }

  @Test
  void oneThatIsTakenAwayIsNotRemembered() {
    login.login();
    failure = new InvalidRequestException("read", "it", "it is gone", "Put it back.");
    now = now.plus(Duration.ofMinutes(6));
    assertThatThrownBy(login::login).isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void itPrintsNoPassword() {
    login.login();
    assertThat(login).hasToString("RememberedLogin[a test]");
  }

  private static Login login(String password) {
    return new Login("varve", Secret.of(password));
  }
}
