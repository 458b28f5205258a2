package io.varve.mysql;

import io.varve.testing.TestServer;
import io.varve.testing.TestUser;

/** The shared test server, as Varve connects to it. */
final class Servers {

  private Servers() {}

  static ConnectionSettings settings() {
    return settings(TestServer.shared());
  }

  static ConnectionSettings settings(TestServer server) {
    return ConnectionSettings.of(
            ServerAddress.parse(server.uri()), server.user(), Secret.of(server.password()))
        .withPublicKeyRetrieval();
  }

  static ConnectionSettings settings(TestUser user) {
    return ConnectionSettings.of(
            ServerAddress.parse(TestServer.shared().uri()), user.name(), Secret.of(user.password()))
        .withPublicKeyRetrieval();
  }

  static DatabaseServer connect() {
    return DatabaseServer.connect(settings());
  }
}
