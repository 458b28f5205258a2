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
 * @param foreign keys of objects that no run of Varve put there; they harm no backup, and nothing
 *     uses or deletes them
 */
public record VerifyReport(
    int backups,
    int objects,
    int objectsRead,
    long bytesRead,
    double seconds,
    List<Damage> damages,
    List<String> foreign) {

  public boolean sound() {
    return damages.isEmpty();
  }
}
