package io.varve.repository;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * A job as a listing shows it.
 *
 * @param keys of its pieces
 * @param ended whether its last piece is there
 * @param lastModified when its newest piece was put, by the store's clock
 */
public record ListedJob(String id, List<String> keys, boolean ended, Instant lastModified) {

  ListedJob plus(ListedJob other) {
    return new ListedJob(
        id,
        Stream.concat(keys.stream(), other.keys.stream()).toList(),
        ended || other.ended,
        lastModified.isAfter(other.lastModified) ? lastModified : other.lastModified);
  }
}
