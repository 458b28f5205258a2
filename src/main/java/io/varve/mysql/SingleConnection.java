package io.varve.mysql;

import com.mysql.cj.jdbc.JdbcConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Any server: one connection, which always sees one instant. Its log position is recorded where one
 * of the ways that prove it works here.
 */
final class SingleConnection implements SnapshotMethod {

  private static final Duration LONGEST_SEARCH = Duration.ofSeconds(5);

  private final ServerInfo info;

  SingleConnection(ServerInfo info) {
    this.info = info;
  }

  @Override
  public SnapshotWay way() {
    return SnapshotWay.SINGLE;
  }

  @Override
  public Optional<String> obstacle(Connection control) {
    return Optional.empty();
  }

  @Override
  public int spares(int wanted) {
    return 0;
  }

  @Override
  public Outcome open(Candidates candidates, int wanted, Deadline deadline) throws SQLException {
    for (SnapshotMethod exact : List.of(new GtidBracket(info), new BinlogSnapshotStatus(info))) {
      if (exact.obstacle(candidates.all().getFirst()).isEmpty()
          && exact.open(candidates, 1, deadline.butAtMost(LONGEST_SEARCH))
              instanceof Outcome.Opened opened) {
        return opened;
      }
    }
    List<JdbcConnection> one = candidates.first(1);
    candidates.openSnapshots(one);
    return new Outcome.Opened(one, Optional.empty());
  }
}
