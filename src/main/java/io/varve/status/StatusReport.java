package io.varve.status;

import java.time.Instant;
import java.util.List;

/**
 * How the sources of a repository are.
 *
 * @param at when that was so
 */
public record StatusReport(Instant at, List<SourceStatus> sources) {

  public StatusReport {
    sources = List.copyOf(sources);
  }
}
