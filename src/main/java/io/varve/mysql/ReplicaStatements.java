package io.varve.mysql;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The statements that make a restored server a replica of the one that was backed up, from the
 * backup's snapshot on. Host, user and password are for the user to fill in.
 */
public final class ReplicaStatements {

  private static final String ACCESS =
      "%1$s_HOST='HOST', %1$s_PORT=3306, %1$s_USER='USER'," + " %1$s_PASSWORD='PASSWORD', ";

  private ReplicaStatements() {}

  /**
   * In the words of the source's version.
   *
   * @param flavour mysql or mariadb
   * @return without semicolons, in the order in which they are to be executed; none where the
   *     position is not known
   */
  public static List<String> of(String flavour, String version, LogPosition position) {
    Optional<String> gtids =
        position.gtidSet().map(set -> set.replaceAll("\\s", "")).filter(set -> !set.isEmpty());
    ServerVersion parsed = ServerVersion.parse(version);
    return flavour.equals(Flavour.MARIADB.name().toLowerCase(Locale.ROOT))
        ? ofMariaDb(gtids, position.coordinates())
        : ofMySql(parsed, gtids, position.coordinates());
  }

  private static List<String> ofMariaDb(
      Optional<String> gtids, Optional<BinlogCoordinates> coordinates) {
    String change = "CHANGE MASTER TO " + ACCESS.formatted("MASTER");
    if (gtids.isPresent()) {
      return List.of(
          "SET GLOBAL gtid_slave_pos=" + Quoted.text(gtids.get()),
          change + "MASTER_USE_GTID=slave_pos",
          "START SLAVE");
    }
    return coordinates
        .map(at -> List.of(change + at("MASTER", at) + ", MASTER_USE_GTID=no", "START SLAVE"))
        .orElse(List.of());
  }

  private static List<String> ofMySql(
      ServerVersion version, Optional<String> gtids, Optional<BinlogCoordinates> coordinates) {
    boolean saysSource = version.isAtLeast(8, 0, 23);
    String word = saysSource ? "SOURCE" : "MASTER";
    // since 8.0 passwords are sent over TLS only, by default
    String change =
        (saysSource ? "CHANGE REPLICATION SOURCE TO " : "CHANGE MASTER TO ")
            + ACCESS.formatted(word)
            + word
            + "_SSL=1, ";
    String start = saysSource ? "START REPLICA" : "START SLAVE";
    if (gtids.isPresent()) {
      return List.of(
          version.isAtLeast(8, 2, 0) ? "RESET BINARY LOGS AND GTIDS" : "RESET MASTER",
          "SET GLOBAL gtid_purged=" + Quoted.text(gtids.get()),
          change + word + "_AUTO_POSITION=1",
          start);
    }
    return coordinates.map(at -> List.of(change + at(word, at), start)).orElse(List.of());
  }

  private static String at(String word, BinlogCoordinates at) {
    return word + "_LOG_FILE=" + Quoted.text(at.file()) + ", " + word + "_LOG_POS=" + at.offset();
  }
}
