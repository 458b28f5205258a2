package io.varve.repository;

import io.varve.mysql.TableName;
import io.varve.store.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which key everything has: docs/format.md, layout. */
final class Layout {

  static final String REPOSITORY = "varve.json";
  private static final Pattern SOURCE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  /** Longer names are cut: a key has at most 1,024 bytes, a file's name 255. */
  private static final int LONGEST_SEGMENT = 120;

  private static final int HASH_DIGITS = 16;
  private static final String PART_SUFFIX = ".tsv.zst";

  private static final String PART_OF_A_BACKUP =
      BackupId.FORM + "/[^/]+/[^/]+/[0-9]+-[0-9a-f]{16}" + Pattern.quote(PART_SUFFIX);

  /** Every key below a source. */
  private static final Pattern OWN =
      Pattern.compile(
          "(manifests|summaries)/"
              + BackupId.FORM
              + "\\.json|(tombstones|holds)/"
              + BackupId.FORM
              + "|(parts|damaged)/"
              + PART_OF_A_BACKUP
              + "|jobs/[^/]+/([0-9]+|end|plan/(plan|load|snapshot|end))\\.json|lease\\.json"
              + "|jobs/requests/[^/]+/((request|lease|log)\\.json|[a-z0-9]+\\.now)"
              + "|(queue|schedules)/[^/]+\\.json");

  private Layout() {}

  /** Whether a request can have this name. */
  static boolean isRequestName(String name) {
    return SOURCE.matcher(name).matches();
  }

  static boolean isSourceName(String name) {
    return SOURCE.matcher(name).matches() && !name.equals(REPOSITORY);
  }

  static String manifests(String source) {
    return source + "/manifests/";
  }

  static String manifest(String source, BackupId id) {
    return manifests(source) + id + ".json";
  }

  static String summaries(String source) {
    return source + "/summaries/";
  }

  static String summary(String source, BackupId id) {
    return summaries(source) + id + ".json";
  }

  static String tombstones(String source) {
    return source + "/tombstones/";
  }

  static String tombstone(String source, BackupId id) {
    return tombstones(source) + id;
  }

  static String jobs(String source) {
    return source + "/jobs/";
  }

  static String job(String source, String job, int piece) {
    return jobs(source) + job + "/" + piece + ".json";
  }

  /** The last piece, by whose name a listing tells which jobs have ended. */
  static String jobEnd(String source, String job) {
    return jobs(source) + job + "/end.json";
  }

  /** How the work of a job is cut among several processes. */
  static String plan(String source, String job) {
    return jobs(source) + job + "/plan/plan.json";
  }

  /** What several processes restore. */
  static String loadPlan(String source, String job) {
    return jobs(source) + job + "/plan/load.json";
  }

  /** That what several processes restore is verified. */
  static String loadEnd(String source, String job) {
    return jobs(source) + job + "/plan/end.json";
  }

  /** What came of the meeting of the processes that work for a plan. */
  static String sharedSnapshot(String source, String job) {
    return jobs(source) + job + "/plan/snapshot.json";
  }

  /** In which folder an object lies that is about a job, and no piece of its record. */
  static Optional<String> folderOfJobNote(String source, String key) {
    int end = key.lastIndexOf('/');
    String folder = key.substring(0, end + 1);
    return folder.startsWith(requests(source)) || folder.endsWith("/plan/")
        ? Optional.of(folder)
        : Optional.empty();
  }

  static String lease(String source) {
    return source + "/lease.json";
  }

  /** One level deeper than the pieces of jobs, so that they are not taken for such. */
  static String requests(String source) {
    return jobs(source) + "requests/";
  }

  static String request(String source, String name) {
    return requests(source) + name + "/request.json";
  }

  static String leaseOfRequest(String source, String name) {
    return requests(source) + name + "/lease.json";
  }

  /** What a job has told of itself. */
  static String log(String source, String name) {
    return requests(source) + name + "/log.json";
  }

  /** What servers are to do. */
  static String queue(String source) {
    return source + "/queue/";
  }

  static String queued(String source, String name) {
    return queue(source) + name + ".json";
  }

  static String schedule(String source, String kind) {
    return source + "/schedules/" + kind + ".json";
  }

  /** Put to learn the store's time, and deleted. */
  static String timeAsked(String source, String name, String random) {
    return requests(source) + name + "/" + random + ".now";
  }

  static String hold(String source, BackupId id) {
    return holds(source) + id;
  }

  static String holds(String source) {
    return source + "/holds/";
  }

  static String damaged(String source) {
    return source + "/damaged/";
  }

  /** Stands for a part that was found damaged. */
  static String damaged(String source, String partKey) {
    return damaged(source) + partKey.substring(parts(source).length());
  }

  static String parts(String source, String id) {
    return parts(source) + id + "/";
  }

  static String parts(String source) {
    return source + "/parts/";
  }

  static String part(String source, BackupId id, TableName table, int number, String sha256) {
    return parts(source)
        + id
        + "/"
        + segment(table.schema())
        + "/"
        + segment(table.table())
        + "/"
        + number
        + "-"
        + sha256.substring(0, HASH_DIGITS)
        + PART_SUFFIX;
  }

  /** The hash in a part's name: the beginning of the SHA-256 of its stored bytes. */
  static boolean isNamedBy(String partKey, String sha256) {
    return sha256.length() > HASH_DIGITS
        && partKey.endsWith("-" + sha256.substring(0, HASH_DIGITS) + PART_SUFFIX);
  }

  /** Whether a run of Varve may have put an object there. */
  static boolean isOwn(String source, String key) {
    return key.startsWith(source + "/")
        && OWN.matcher(key.substring(source.length() + 1)).matches();
  }

  /** Percent-encodes all but what every store and shell takes as it is. */
  static String segment(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    StringBuilder encoded = new StringBuilder();
    for (byte b : bytes) {
      char c = (char) (b & 0xff);
      boolean plain =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || c == '_'
              || c == '-'
              || c == '.' && !name.matches("\\.+");
      if (plain) {
        encoded.append(c);
      } else {
        encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    if (encoded.length() <= LONGEST_SEGMENT) {
      return encoded.toString();
    }
    String hash = HexFormat.of().formatHex(Sha256.of(bytes)).substring(0, 16);
    return encoded.substring(0, LONGEST_SEGMENT - 17) + "~" + hash;
  }
}
