package io.varve.cli;

import io.varve.mysql.ServerAddress;

/** The name that a source has when none was given: its host, and its port if it is not 3306. */
final class SourceNames {

  private SourceNames() {}

  static String of(ServerAddress address) {
    String host = address.host().replaceAll("[^A-Za-z0-9._-]", "-").replaceFirst("^[._-]+", "");
    return address.port() == ServerAddress.DEFAULT_PORT ? host : host + "-" + address.port();
  }
}
