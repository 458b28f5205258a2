package io.varve.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/** A line to a database server on which so many bytes a second come back, for each connection. */
public final class SlowLine implements AutoCloseable {

  /** So little that a reader's buffers hold no more than an instant's worth. */
  private static final int BLOCK_BYTES = 16 << 10;

  private final TestServer server;
  private final long nanosPerBlock;
  private final ServerSocket entrance;
  private final List<Socket> ends = new CopyOnWriteArrayList<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());

  private SlowLine(TestServer server, long bytesPerSecond) {
    this.server = server;
    this.nanosPerBlock = 1_000_000_000L * BLOCK_BYTES / bytesPerSecond;
    try {
      entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.submit(this::accept);
  }

  public static SlowLine to(TestServer server, long bytesPerSecond) {
    return new SlowLine(server, bytesPerSecond);
  }

  /** The server at its other end. */
  public TestServer server() {
    return new TestServer(
        entrance.getInetAddress().getHostAddress(),
        entrance.getLocalPort(),
        server.user(),
        server.password());
  }

  private Void accept() throws IOException {
    while (true) {
      Socket client = entrance.accept();
      Socket upstream = new Socket(server.host(), server.port());
      ends.addAll(List.of(client, upstream));
      threads.submit(() -> pass(client, upstream, 0));
      threads.submit(() -> pass(upstream, client, nanosPerBlock));
    }
  }

  private static Void pass(Socket from, Socket to, long nanosPerBlock) throws IOException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] block = new byte[BLOCK_BYTES];
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        out.write(block, 0, count);
        LockSupport.parkNanos(nanosPerBlock * count / BLOCK_BYTES);
      }
    }
    return null;
  }

  @Override
  public void close() {
    threads.shutdownNow();
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
