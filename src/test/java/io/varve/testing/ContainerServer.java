package io.varve.testing;

import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * A database server from an image, {@code mysql:8.4} or {@code mariadb:10.6}, set up as the
 * embedded one is. Needs Docker; goes with this JVM.
 */
final class ContainerServer {

  private static final int PORT = 3306;
  private static final String PASSWORD = "varve";

  private ContainerServer() {}

  @SuppressWarnings("resource") // Testcontainers removes it when this JVM is gone
  static TestServer start(String image) {
    boolean mariaDb = image.contains("mariadb");
    GenericContainer<?> container =
        new GenericContainer<>(DockerImageName.parse(image))
            .withExposedPorts(PORT)
            .withEnv(mariaDb ? "MARIADB_ROOT_PASSWORD" : "MYSQL_ROOT_PASSWORD", PASSWORD)
            .withCommand(
                mariaDb
                    ? "--log-bin --server-id=7 --binlog-format=ROW --local-infile=1"
                    : "--log-bin --server-id=7 --local-infile=1 --gtid-mode=ON"
                        + " --enforce-gtid-consistency=ON")
            // while an image sets itself up, its server has no port
            .waitingFor(Wait.forLogMessage(".*port: " + PORT + " .*", 1));
    container.start();
    return new TestServer(container.getHost(), container.getMappedPort(PORT), "root", PASSWORD);
  }
}
