package io.varve.verify;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a verification found.
 *
 * @param backups looked at
 * @param objects whose presence and size were compared
 * @param objectsRead that this call has read and hashed, and whose rows it hashed again
 * @param bytesRead of those
 * @param damages empty where all is well
 * @param foreign keys of objects that no run of Varve put there; they harm no backup, and nothing
 *     uses or deletes them
 * @param next token with which a call goes on with what is left to be read; null where nothing is.
 *     Only with damages: else the time's end is a {@code ContinueException}
 */
public record VerifyReport(
    int backups,
    int objects,
    int objectsRead,
    long bytesRead,
    double seconds,
    List<Damage> damages,
    List<String> foreign,
    @Nullable String next) {

  public boolean sound() {
    return damages.isEmpty();
  }
}
