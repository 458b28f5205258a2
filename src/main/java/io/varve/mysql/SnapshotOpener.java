package io.varve.mysql;

import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.VarveException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Opens a consistent snapshot over several connections by the first {@link SnapshotWay} that works:
 * GTID sets, MariaDB's snapshot positions, locked tables, and last a single connection. Ways that
 * take part leave no lock behind.
 */
public final class SnapshotOpener {

  static final String KEEPS_METADATA_LOCKS =
      "DDL on a table waits until the backup ends once the table is read: the user lacks BINLOG"
          + " ADMIN";

  private final DatabaseServer server;
  private Optional<CommitBoundary.Noted> noted = Optional.empty();

  public SnapshotOpener(DatabaseServer server) {
    this.server = server;
  }

  /**
   * Called some time before a snapshot is wanted, this saves it a wait where nothing is written.
   */
  void noteEndOfLog(Connection control) {
    noted = server.info().isMariaDb() ? CommitBoundary.note(control, server.info()) : noted;
  }

  /**
   * Opens it, trying each way for as long as the request's budget.
   *
   * @throws InvalidRequestException if the way that the user insists on proves nothing here
   * @throws RetryLaterException if the server is away or full, or that way does not succeed now
   */
  public Snapshot open(SnapshotRequest request) {
    try {
      return open(request, methods(request));
    } catch (SQLException failed) {
      throw SqlErrors.translate(failed, "open a snapshot of", server.address().toString());
    }
  }

  private List<SnapshotMethod> methods(SnapshotRequest request) {
    List<SnapshotMethod> methods =
        List.of(
            new GtidBracket(server.info()),
            new BinlogSnapshotStatus(server.info(), noted),
            new LockedTables(server.info(), request.tables()),
            new SingleConnection(server.info()));
    return methods.stream().filter(method -> isAsked(method.way(), request)).toList();
  }

  private boolean isAsked(SnapshotWay way, SnapshotRequest request) {
    if (request.forced().isPresent()) {
      return way == request.forced().get();
    }
    return switch (way) {
      case GTID -> !server.info().isMariaDb();
      case BINLOG_STATUS -> server.info().isMariaDb();
      // One connection alone needs no lock.
      case LOCK_TABLES -> request.connections() > 1;
      case SINGLE -> true;
    };
  }

  private Snapshot open(SnapshotRequest request, List<SnapshotMethod> methods) throws SQLException {
    List<String> shortfalls = new ArrayList<>();
    boolean wasTried = false;
    try (Candidates candidates = Candidates.open(server, withSpares(request, methods))) {
      for (SnapshotMethod method : methods) {
        Optional<String> obstacle = obstacle(method, candidates);
        if (obstacle.isPresent()) {
          shortfalls.add(method.way() + ": " + obstacle.get());
          continue;
        }
        int possible = Math.min(request.connections(), method.most(candidates.size()));
        switch (method.open(candidates, possible, Deadline.in(request.budget()))) {
          case SnapshotMethod.Outcome.Failed(String reason) -> {
            wasTried = true;
            shortfalls.add(method.way() + ": " + reason);
          }
          case SnapshotMethod.Outcome.Denied(String reason) ->
              shortfalls.add(method.way() + ": " + reason);
          case SnapshotMethod.Outcome.Opened opened -> {
            if (opened.connections().size() < request.connections()) {
              shortfalls.add(
                  opened.connections().size()
                      + " of "
                      + request.connections()
                      + " connections share the snapshot");
            }
            if (SessionSetUp.keepsMetadataLocks(opened.connections().getFirst(), server.info())) {
              shortfalls.add(KEEPS_METADATA_LOCKS);
            }
            Instant takenAt = clock(opened.connections().getFirst());
            return new Snapshot(
                method.way(),
                candidates.release(opened.connections()),
                opened.position(),
                takenAt,
                shortfalls);
          }
        }
      }
    }
    throw refused(wasTried, shortfalls);
  }

  private static int withSpares(SnapshotRequest request, List<SnapshotMethod> methods) {
    int wanted = request.connections();
    return wanted + methods.stream().mapToInt(method -> method.spares(wanted)).max().orElse(0);
  }

  private static Optional<String> obstacle(SnapshotMethod method, Candidates candidates)
      throws SQLException {
    return method.most(candidates.size()) < 1
        ? Optional.of("the server lets in " + candidates.size() + " connections only")
        : method.obstacle(candidates.all().getFirst());
  }

  private VarveException refused(boolean wasTried, List<String> shortfalls) {
    String doing = "open a snapshot of";
    String subject = server.address().toString();
    String reason = String.join("; ", shortfalls);
    return wasTried
        ? new RetryLaterException(
            doing,
            subject,
            reason,
            "Try again when less is written, ask for fewer connections, or let the way be chosen.")
        : new InvalidRequestException(
            doing, subject, reason, "Let the way be chosen, or remove what stands against it.");
  }

  static Instant clock(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT UTC_TIMESTAMP(6)")) {
      row.next();
      String text = row.getString(1);
      return LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
    }
  }
}
