package io.varve.mysql;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What no real server can be made to do: it greets (without TLS), lets everybody in and answers the
 * first query by asking for a file; or it never says a word.
 */
final class FakeServer implements AutoCloseable {

  private static final byte[] OK = {0, 0, 0, 2, 0, 0, 0};
  private static final int LOCAL_INFILE = 0xFB;

  private final ServerSocket listener;
  private final boolean silent;
  private final String file;
  private final List<String> repliesToTheRequest = new CopyOnWriteArrayList<>();

  private FakeServer(boolean silent, String file) throws IOException {
    this.silent = silent;
    this.file = file;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().name("fake server").start(this::serve);
  }

  static FakeServer silent() throws IOException {
    return new FakeServer(true, "");
  }

  static FakeServer askingFor(String file) throws IOException {
    return new FakeServer(false, file);
  }

  ServerAddress address() {
    return ServerAddress.parse("mysql://root@127.0.0.1:" + listener.getLocalPort());
  }

  /** What clients sent when asked for the file; an empty packet is a refusal. */
  List<String> repliesToTheRequest() {
    return repliesToTheRequest;
  }

  private void serve() {
    while (!listener.isClosed()) {
      try (Socket client = listener.accept()) {
        if (silent) {
          client.getInputStream().transferTo(OutputStream.nullOutputStream());
        } else {
          converse(client);
        }
      } catch (IOException gone) {
        // The client, or this server, has had enough.
      }
    }
  }

  private void converse(Socket client) throws IOException {
    DataInputStream in = new DataInputStream(client.getInputStream());
    OutputStream out = client.getOutputStream();
    send(out, 0, greeting());
    receive(in);
    send(out, 2, OK);
    // The driver discards answers to SET, and reads those to SELECT.
    while (!new String(receive(in), StandardCharsets.UTF_8).contains("SELECT")) {
      send(out, 1, OK);
    }
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.write(LOCAL_INFILE);
    request.writeBytes(file.getBytes(StandardCharsets.UTF_8));
    send(out, 1, request.toByteArray());
    repliesToTheRequest.add(new String(receive(in), StandardCharsets.UTF_8));
    send(out, 3, OK);
  }

  private static byte[] greeting() {
    ByteArrayOutputStream greeting = new ByteArrayOutputStream();
    greeting.write(10);
    greeting.writeBytes("8.4.0\0".getBytes(StandardCharsets.US_ASCII));
    greeting.writeBytes(new byte[] {1, 0, 0, 0});
    greeting.writeBytes("abcdefgh\0".getBytes(StandardCharsets.US_ASCII));
    // All capabilities but TLS (0x0800) and compression (0x0020).
    greeting.writeBytes(new byte[] {(byte) 0xDF, (byte) 0xF7});
    greeting.write(45);
    greeting.writeBytes(new byte[] {2, 0});
    greeting.writeBytes(new byte[] {(byte) 0x0F, 0});
    greeting.write(21);
    greeting.writeBytes(new byte[10]);
    greeting.writeBytes("ijklmnopqrst\0".getBytes(StandardCharsets.US_ASCII));
    greeting.writeBytes("mysql_native_password\0".getBytes(StandardCharsets.US_ASCII));
    return greeting.toByteArray();
  }

  private static void send(OutputStream out, int sequence, byte[] payload) throws IOException {
    byte[] packet = new byte[payload.length + 4];
    packet[0] = (byte) payload.length;
    packet[1] = (byte) (payload.length >> 8);
    packet[2] = (byte) (payload.length >> 16);
    packet[3] = (byte) sequence;
    System.arraycopy(payload, 0, packet, 4, payload.length);
    out.write(packet);
    out.flush();
  }

  private static byte[] receive(DataInputStream in) throws IOException {
    int length = in.readUnsignedByte() | in.readUnsignedByte() << 8 | in.readUnsignedByte() << 16;
    in.readUnsignedByte();
    return in.readNBytes(length);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
