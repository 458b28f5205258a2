package io.varve.verify;

import java.util.List;

/**
 * What a verification found.
 *
 * @param backups looked at
 * @param objects whose presence and size were compared
 * @param objectsRead that were read, hashed, and whose rows were hashed again
 * @param bytesRead of those
 * @param damages empty where all is well
 */
public record VerifyReport(
    int backups,
    int objects,
    int objectsRead,
    long bytesRead,
    double seconds,
    List<Damage> damages) {

  public boolean sound() {
    return damages.isEmpty();
  }
}
