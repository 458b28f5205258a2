package io.varve.mysql;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * What tells one server from another behind the same address: a reader endpoint, a proxy or a
 * round-robin name may lead each connection to another one, whose snapshots have nothing to do with
 * each other.
 *
 * @param values the identifying variables that the server has, by name; MySQL's {@code
 *     server_uuid}, MariaDB's {@code hostname}, {@code port} and {@code server_id}, Aurora's {@code
 *     aurora_server_id}
 */
public record ServerIdentity(Map<String, String> values) {

  static final String VARIABLES =
      "'server_uuid', 'server_uid', 'hostname', 'port', 'server_id', 'aurora_server_id'";

  public ServerIdentity {
    values = Map.copyOf(values);
  }

  @Override
  public String toString() {
    return values.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(", "));
  }
}
