package io.varve.server;

import io.varve.VarveException;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready is who reaches the store. */
@Singleton
@Readiness
public class StoreCheck implements HealthCheck {

  private final Server server;

  public StoreCheck(Server server) {
    this.server = server;
  }

  @Override
  public HealthCheckResponse call() {
    try {
      server.repository().sources();
      return HealthCheckResponse.up("store");
    } catch (VarveException away) {
      return HealthCheckResponse.down("store"); // why is in the log: anybody may ask for this
    }
  }
}
