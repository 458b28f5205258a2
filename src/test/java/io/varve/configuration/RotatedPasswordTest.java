package io.varve.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.mysql.ConnectionSettings;
import io.varve.mysql.DatabaseServer;
import io.varve.testing.TestServer;
import io.varve.testing.TestUser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real server on which the password is rotated while several threads open connections. */
class RotatedPasswordTest {

  private static final TestServer TESTED = TestServer.shared();

  @Test
  void inAFile(@TempDir Path folder) throws Exception {
    try (TestUser user = TESTED.freshUser()) {
      Path file = Files.writeString(folder.resolve("password"), user.password() + "\n");
      ConnectionSettings settings =
          settings(
              "{\"user\": \"%s\", \"passwordFile\": \"%s\"}".formatted(user.name(), file),
              Map.of());
      try (DatabaseServer server = DatabaseServer.connect(settings)) {
        change(user);
        Files.writeString(file, "rotated\n");
        openOnTwoThreads(server);
      }
    }
  }

  @Test
  void inSecretsManager() throws Exception {
    try (FakeAws aws = new FakeAws();
        TestUser user = TESTED.freshUser()) {
      aws.holding(secret(user, user.password()));
      ConnectionSettings settings = settings("{\"secret\": \"shop\"}", aws.environment());
      try (DatabaseServer server = DatabaseServer.connect(settings)) {
        change(user);
        aws.anew().holding(secret(user, "rotated"));
        openOnTwoThreads(server);
      }
      assertThat(aws.requests()).as("once before and once after").hasSize(2);
    }
  }

  private static ConnectionSettings settings(String credentials, Map<String, String> environment) {
    Map<String, String> variables = new HashMap<>(environment);
    variables.put(
        "VARVE_CONFIG",
        """
        {"store": {"location": "file:///backups"}, "sources": {"shop": {
          "address": "mysql://%s:%d", "credentials": %s}}}"""
            .formatted(TESTED.host(), TESTED.port(), credentials));
    return Configuration.load(variables).source("shop").settings().withPublicKeyRetrieval();
  }

  private static void openOnTwoThreads(DatabaseServer server) throws Exception {
    CyclicBarrier start = new CyclicBarrier(2);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Future<Boolean>> opened = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        opened.add(
            threads.submit(
                () -> {
                  start.await(30, TimeUnit.SECONDS);
                  try (Connection connection = server.open()) {
                    return connection.isValid(5);
                  }
                }));
      }
      for (Future<Boolean> each : opened) {
        assertThat(each.get(60, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  private static void change(TestUser user) {
    TESTED.execute("ALTER USER '" + user.name() + "'@'%' IDENTIFIED BY 'rotated'");
  }

  private static String secret(TestUser user, String password) {
    return "{\"username\": \"%s\", \"password\": \"%s\"}"
        .formatted(user.name(), password.replace("\"", "\\\""));
  }
}
