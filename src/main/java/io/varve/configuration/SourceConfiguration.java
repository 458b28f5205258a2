package io.varve.configuration;

import io.varve.mysql.ConnectionSettings;
import io.varve.mysql.SnapshotWay;
import io.varve.mysql.TableSelection;
import io.varve.mysql.Throttling;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A server that is backed up, and how.
 *
 * @param settings its credentials throw where the password is not where it should be
 * @param parallel connections that read side by side
 * @param partBytes of the rows' text in a part; what fits {@code parallel} and the memory where
 *     none is named
 * @param compressionLevel of zstd, 1 to 19
 * @param snapshotWay the one to take; the first that works where none is named
 * @param accounts whether users and roles are backed up, with the hashes of their passwords
 * @param throttling how far the server is spared
 * @param tags of each backup
 * @param schedules what a server begins on its own, by kind
 */
public record SourceConfiguration(
    ConnectionSettings settings,
    TableSelection selection,
    int parallel,
    OptionalLong partBytes,
    int compressionLevel,
    Optional<SnapshotWay> snapshotWay,
    boolean accounts,
    Throttling throttling,
    List<String> tags,
    Map<ScheduledKind, ScheduleConfiguration> schedules) {

  public SourceConfiguration {
    tags = List.copyOf(tags);
    schedules = Map.copyOf(schedules);
  }
}
