package io.varve.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that have to be told one. They lie below those that Linux gives to outgoing
 * connections, for one of these could be there before the server listens.
 */
final class FreePort {

  private static final int LOWEST = 10_000;
  private static final int HIGHEST = 32_000;
  private static final int MOST_TRIES = 100;

  private FreePort() {}

  /** One that nobody listens at now; the next call says another one. */
  static int find() {
    IOException last = null;
    for (int i = 0; i < MOST_TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        last = taken;
      }
    }
    throw new UncheckedIOException("no free port in " + MOST_TRIES + " tries", last);
  }
}
