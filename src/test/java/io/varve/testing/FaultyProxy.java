package io.varve.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server that passes requests on to a real one and fails on demand.
 *
 * <pre>{@code
 * try (FaultyProxy proxy = FaultyProxy.before(s3.endpoint())) {
 *   proxy.on(FaultyProxy.method("PUT").and(FaultyProxy.path("manifests/"))).times(1).loseAnswer();
 *   ObjectStore store = Stores.open(uri, s3.options().withEndpoint(proxy.endpoint()));
 *   ...
 *   assertThat(proxy.requests()).filteredOn(FaultyProxy.method("PUT")).hasSize(2);
 * }
 * }</pre>
 *
 * <p>For each request the first rule that matches and has uses left applies; without one the
 * request is passed on as it is. Host and path are not touched, so signatures stay valid; a rule
 * that changes signed headers needs a server that checks none ({@link EmbeddedS3#sharedMock}).
 * Bodies are held in memory. Thread-safe.
 */
public final class FaultyProxy implements AutoCloseable {

  /**
   * A request as received.
   *
   * @param target path and query, percent-encoded as sent
   * @param headers by name in small letters
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Request(String method, String target, Map<String, String> headers, byte[] body) {

    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }
  }

  /** An answer, to be passed on or made up. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Answer(int status, Map<String, String> headers, byte[] body) {

    public static Answer of(int status, String contentType, String body) {
      return new Answer(
          status, Map.of("Content-Type", contentType), body.getBytes(StandardCharsets.UTF_8));
    }

    /** The error document of S3. */
    public static Answer s3Error(int status, String code, String message) {
      return of(
          status,
          "application/xml",
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>"
              + code
              + "</Code><Message>"
              + message
              + "</Message><RequestId>1</RequestId></Error>");
    }

    public Answer withHeader(String name, String value) {
      Map<String, String> more = new LinkedHashMap<>(headers);
      more.put(name, value);
      return new Answer(status, more, body);
    }
  }

  public static Predicate<Request> method(String method) {
    return request -> request.method().equals(method);
  }

  /** Requests whose path or query, percent-encoded, holds the text. */
  public static Predicate<Request> path(String part) {
    return request -> request.target().contains(part);
  }

  public static Predicate<Request> any() {
    return request -> true;
  }

  /** What to do to the requests that a predicate picks; ends with one of the fault's methods. */
  public final class Rule {

    private final Predicate<Request> picks;
    private int toSkip;
    private int left = Integer.MAX_VALUE;
    private @Nullable Fault fault;

    private Rule(Predicate<Request> picks) {
      this.picks = picks;
    }

    /** Lets the first matching requests pass. */
    public Rule after(int requests) {
      toSkip = requests;
      return this;
    }

    /** Ends after so many uses; without a call it never does. */
    public Rule times(int uses) {
      left = uses;
      return this;
    }

    /** Answers in place of the server, which never sees the request. */
    public void answer(Answer answer) {
      install((request, connection) -> connection.write(request, answer));
    }

    public void answer(int status) {
      answer(Answer.s3Error(status, status == 503 ? "SlowDown" : "InternalError", "made up"));
    }

    /** Cuts the connection (reset); the server never sees the request. */
    public void drop() {
      install((request, connection) -> connection.reset());
    }

    /** Passes the request on, then cuts the connection in place of the answer. */
    public void loseAnswer() {
      install(
          (request, connection) -> {
            forward(request);
            connection.reset();
          });
    }

    /** Does something, then passes the request on: to a server that the client may not outlive. */
    public void passOnAfter(Runnable first) {
      install(
          (request, connection) -> {
            first.run();
            connection.write(request, forward(request));
          });
    }

    /** Passes the request on, then does something before the answer is handed back. */
    public void passOnBefore(Runnable then) {
      install(
          (request, connection) -> {
            Answer answer = forward(request);
            then.run();
            connection.write(request, answer);
          });
    }

    /** Passes the request on, then hands back another answer than the server's. */
    public void answerInstead(UnaryOperator<Answer> change) {
      install((request, connection) -> connection.write(request, change.apply(forward(request))));
    }

    /** Passes on the answer's head and the first bytes of its body, then closes the connection. */
    public void truncate(int bytes) {
      install((request, connection) -> connection.writeCutOff(request, forward(request), bytes));
    }

    /** Passes the request on so much later. */
    public void delay(Duration delay) {
      install(
          (request, connection) -> {
            if (!closed.await(delay.toMillis(), TimeUnit.MILLISECONDS)) {
              connection.write(request, forward(request));
            }
          });
    }

    /** Takes the request and says nothing until the proxy is closed. */
    public void hang() {
      install((request, connection) -> closed.await());
    }

    /** Passes on one request at a time for each path. */
    public void oneAtATime() {
      ConcurrentMap<String, ReentrantLock> locks = new ConcurrentHashMap<>();
      install(
          (request, connection) -> {
            String path = request.target().replaceFirst("\\?.*", "");
            ReentrantLock lock = locks.computeIfAbsent(path, each -> new ReentrantLock());
            Answer answer;
            lock.lock();
            try {
              answer = forward(request);
            } finally {
              lock.unlock();
            }
            connection.write(request, answer);
          });
    }

    /** Passes the request on without these headers. */
    public void withoutHeaders(String... names) {
      Set<String> gone = Set.of(names);
      install(
          (request, connection) -> {
            Map<String, String> kept = new LinkedHashMap<>(request.headers());
            gone.forEach(name -> kept.remove(name.toLowerCase(Locale.ROOT)));
            Request less = new Request(request.method(), request.target(), kept, request.body());
            connection.write(less, forward(less));
          });
    }

    private void install(Fault chosen) {
      fault = chosen;
      rules.add(this);
    }

    private synchronized boolean takes(Request request) {
      if (left == 0 || !picks.test(request)) {
        return false;
      }
      if (toSkip > 0) {
        toSkip--;
        return false;
      }
      left--;
      return true;
    }
  }

  private interface Fault {
    void apply(Request request, Connection connection) throws IOException, InterruptedException;
  }

  private final URI upstream;
  private final ServerSocket server;
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<Request> requests = new ConcurrentLinkedQueue<>();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);

  private final Memory memory;

  private enum Memory {
    REQUESTS,
    NONE
  }

  private FaultyProxy(URI upstream, Memory memory) throws IOException {
    this.upstream = upstream;
    this.memory = memory;
    this.server = new ServerSocket(0, 256, InetAddress.getByName("127.0.0.1"));
  }

  /** Starts on a free port in front of an http server. */
  public static FaultyProxy before(URI upstream) {
    return start(upstream, Memory.REQUESTS);
  }

  /** One that stands there for long, so it remembers no requests. */
  static FaultyProxy standingBefore(URI upstream) {
    return start(upstream, Memory.NONE);
  }

  private static FaultyProxy start(URI upstream, Memory memory) {
    try {
      FaultyProxy proxy = new FaultyProxy(upstream, memory);
      Thread.ofVirtual().name("faulty-proxy").start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  /** Begins a rule; it holds from the call that names its fault. */
  public Rule on(Predicate<Request> picks) {
    return new Rule(picks);
  }

  /** All requests so far, in the order of their coming, without their bodies. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  public void clearRules() {
    rules.clear();
  }

  public void clearRequests() {
    requests.clear();
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        sockets.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      Connection connection = new Connection(socket);
      for (Optional<Request> next = connection.read(); next.isPresent(); next = connection.read()) {
        Request request = next.get();
        if (memory == Memory.REQUESTS) {
          requests.add(
              new Request(request.method(), request.target(), request.headers(), new byte[0]));
        }
        Optional<Rule> rule = rules.stream().filter(each -> each.takes(request)).findFirst();
        if (rule.isPresent()) {
          Objects.requireNonNull(rule.get().fault).apply(request, connection);
        } else {
          connection.write(request, forward(request));
        }
      }
    } catch (IOException e) {
      // The client, the server or a rule has cut the connection: each of them sees it itself.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sockets.remove(socket);
    }
  }

  private Answer forward(Request request) throws IOException {
    try (Socket socket = new Socket(upstream.getHost(), upstream.getPort())) {
      StringBuilder head = new StringBuilder();
      head.append(request.method()).append(' ').append(request.target()).append(" HTTP/1.1\r\n");
      request
          .headers()
          .forEach(
              (name, value) -> {
                if (!Set.of("connection", "expect", "transfer-encoding", "content-length")
                    .contains(name)) {
                  head.append(name).append(": ").append(value).append("\r\n");
                }
              });
      if (request.body().length > 0 || request.header("content-length").isPresent()) {
        head.append("content-length: ").append(request.body().length).append("\r\n");
      }
      head.append("connection: close\r\n\r\n");
      OutputStream out = socket.getOutputStream();
      out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
      out.write(request.body());
      out.flush();
      return HttpMessages.readAnswer(
          new BufferedInputStream(socket.getInputStream()), request.method());
    }
  }

  /** The client's side of one connection. */
  private static final class Connection {

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Connection(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
      this.out = socket.getOutputStream();
    }

    Optional<Request> read() throws IOException {
      if (socket.isClosed()) {
        return Optional.empty();
      }
      String first = HttpMessages.readLine(in);
      if (first.isEmpty()) {
        return Optional.empty();
      }
      String[] words = first.split(" ");
      Map<String, String> headers = HttpMessages.readHeaders(in);
      if ("100-continue".equalsIgnoreCase(headers.get("expect"))) {
        out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
      }
      byte[] body = HttpMessages.readBody(in, headers, new byte[0]);
      return Optional.of(new Request(words[0], words[1], headers, body));
    }

    void write(Request request, Answer answer) throws IOException {
      writeCutOff(request, answer, answer.body().length);
    }

    void writeCutOff(Request request, Answer answer, int bytes) throws IOException {
      ByteArrayOutputStream message = new ByteArrayOutputStream();
      StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.status() + " Status\r\n");
      boolean bodiless = request.method().equals("HEAD");
      answer
          .headers()
          .forEach(
              (name, value) -> {
                boolean length = name.equalsIgnoreCase("content-length");
                if (!name.equalsIgnoreCase("connection")
                    && !name.equalsIgnoreCase("transfer-encoding")
                    && (!length || bodiless)) {
                  head.append(name).append(": ").append(value).append("\r\n");
                }
              });
      if (!bodiless && answer.status() != 204 && answer.status() != 304) {
        head.append("Content-Length: ").append(answer.body().length).append("\r\n");
      }
      message.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
      if (!bodiless) {
        message.write(answer.body(), 0, Math.min(bytes, answer.body().length));
      }
      message.writeTo(out);
      out.flush();
      if (bytes < answer.body().length) {
        socket.close();
      }
    }

    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }
}
