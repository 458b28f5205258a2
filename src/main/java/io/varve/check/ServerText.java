package io.varve.check;

import io.varve.mysql.ServerInfo;
import io.varve.mysql.SessionInfo;

/** A server and a session in words. */
final class ServerText {

  private ServerText() {}

  static String of(ServerInfo info, SessionInfo session) {
    return (info.isMariaDb() ? "MariaDB " : "MySQL ")
        + info.version()
        + (info.aurora() ? " (Aurora)" : "")
        + (info.galera() ? " (Galera)" : "")
        + ", as "
        + session.account()
        + ", "
        + (session.tls().isEmpty() ? "without TLS" : session.tls());
  }
}
