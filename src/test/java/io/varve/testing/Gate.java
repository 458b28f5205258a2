package io.varve.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands before a database server, shut at first: whoever comes is turned away until it is opened.
 * Thread-safe.
 */
public final class Gate implements AutoCloseable {

  private final TestServer server;
  private final ServerSocket entrance;
  private final Set<Socket> ends = ConcurrentHashMap.newKeySet();
  private volatile boolean isOpen;
  private volatile int turnedAway;

  private Gate(TestServer server) {
    this.server = server;
    try {
      entrance = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  public static Gate before(TestServer server) {
    return new Gate(server);
  }

  /** {@code mysql://host:port}, of the gate. */
  public String address() {
    return "mysql://127.0.0.1:" + entrance.getLocalPort();
  }

  public void open() {
    isOpen = true;
  }

  /** How many connections found it shut. */
  public int turnedAway() {
    return turnedAway;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // by one thread alone
  private void accept() {
    while (!entrance.isClosed()) {
      try {
        Socket client = entrance.accept();
        if (isOpen) {
          Socket upstream = new Socket(server.host(), server.port());
          ends.addAll(List.of(client, upstream));
          Thread.ofVirtual().start(() -> pass(client, upstream));
          Thread.ofVirtual().start(() -> pass(upstream, client));
        } else {
          turnedAway++;
          client.close();
        }
      } catch (IOException e) {
        // the gate is closed, or one of the two ends is
      }
    }
  }

  private static void pass(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // one of them has ended the connection
    }
  }

  @Override
  public void close() {
    try {
      entrance.close();
      for (Socket end : ends) {
        end.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
