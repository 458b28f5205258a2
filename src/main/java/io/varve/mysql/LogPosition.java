package io.varve.mysql;

import java.util.Optional;

/**
 * The exact place in the server's history at which a snapshot stands: what is included is in the
 * snapshot, what follows is not.
 *
 * @param gtidSet MySQL's executed set, or MariaDB's GTID position
 * @param coordinates file and offset, where they are as exact
 */
public record LogPosition(Optional<String> gtidSet, Optional<BinlogCoordinates> coordinates) {}
