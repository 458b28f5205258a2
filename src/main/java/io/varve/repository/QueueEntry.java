package io.varve.repository;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * What {@code queue/NAME.json} says: something that servers are to do. It is there until it is
 * done, so whichever server is there next goes on with what another has left.
 *
 * @param function the word for what it is
 * @param fields what is asked for
 */
public record QueueEntry(int format, String function, JsonNode fields, Instant askedAt) {

  public QueueEntry {
    requireNonNull(function, "function");
    requireNonNull(fields, "fields");
    requireNonNull(askedAt, "askedAt");
  }
}
