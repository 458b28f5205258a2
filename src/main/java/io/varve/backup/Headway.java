package io.varve.backup;

import io.varve.TimeLimit;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether a call whose time was up leaves the next one less to do. Where it does not, no number of
 * calls comes to an end, which is to be said rather than tried.
 *
 * @param uploads ended
 */
record Headway(PassWork work, PartUploads uploads, Checkpoint checkpoint, TimeLimit limit) {

  /**
   * Why there was none.
   *
   * @param reason as a clause
   * @param hint whole sentences
   */
  record Obstacle(String reason, String hint) {}

  /** What was in the way; empty where there was headway, or nothing shows that there was none. */
  Optional<Obstacle> obstacle() {
    String given =
        String.format(
            Locale.ROOT,
            "the %.1f seconds that a call has for work",
            limit.usable().toMillis() / 1000.0);
    if (work.outgrown().isPresent()) {
      return Optional.of(
          new Obstacle(
              "table "
                  + work.outgrown().get()
                  + " has no key by which a call could go on where another stopped, and reading it"
                  + " takes longer than "
                  + given,
              "Give it more time (--deadline), give the table a primary key, or run it where nothing"
                  + " limits its time."));
    }
    if (uploads.hasAny() && !checkpoint.hasAny()) {
      return Optional.of(
          new Obstacle(
              "the store has not taken a single part within " + given,
              "Give it more time (--deadline), make parts smaller (--part-size), or run it nearer to"
                  + " the store."));
    }
    return Optional.empty();
  }
}
