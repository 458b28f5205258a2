package io.varve.repository;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What {@code lease.json} says: who writes to a source's part of the repository now. It is renewed
 * by being replaced; by the store's clock it ends some seconds after it was last replaced.
 *
 * @param holder the job that has it; null when it is free
 * @param token grows with each holder
 * @param renewal grows with each replacement, so that no two are alike
 * @param seconds that it lasts
 * @param process of the holder: host, boot, process number and its start; with these another
 *     process on that host sees that the holder is gone
 */
public record LeaseEntry(
    int format, @Nullable String holder, long token, long renewal, int seconds, String process) {

  public LeaseEntry {
    requireNonNull(process, "process");
  }
}
