package io.varve.restore;

import io.varve.InvalidRequestException;
import io.varve.mysql.ScratchSchemas;
import io.varve.mysql.Target;
import io.varve.repository.Manifest;
import io.varve.restore.RestorePlan.PlannedSchema;
import io.varve.store.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The schemas of one drill. Their names follow from its source and job, so that each call of the
 * job finds them. What is dropped is sure to be the drill's own: its name is of that form, none of
 * that form was there when the claim was made, which only the record of the job says, and there is
 * a mark with that claim in it, or nothing at all. Not thread-safe.
 */
public final class DrillSchemas {

  /** How the names of the schemas of all drills begin. */
  public static final String PREFIX = "varve_drill_";

  private static final int HASH_BYTES = 10;
  private static final Pattern MARK =
      Pattern.compile("varve drill ([a-z0-9]{1,64}) ([A-Za-z0-9][A-Za-z0-9._-]{0,99}) (.+)");

  private final Target target;
  private final ScratchSchemas scratch;
  private final String prefix;
  private final String mark;

  /**
   * Those of a job.
   *
   * @param claim nobody else's: random, and noted before a schema is made
   */
  public DrillSchemas(Target target, String source, String job, String claim) {
    this.target = target;
    this.scratch = target.scratchSchemas();
    byte[] hash = Sha256.of((source + "\n" + job).getBytes(StandardCharsets.UTF_8));
    this.prefix = PREFIX + HexFormat.of().formatHex(hash, 0, HASH_BYTES) + "_";
    this.mark = "varve drill " + claim + " " + job + " " + source;
  }

  /**
   * A drill that has left a mark on a target.
   *
   * @param claim that it made
   */
  public record Left(String claim, String job, String source) {}

  /** The drills whose schemas are on a target. A query. */
  public static List<Left> left(Target target) {
    List<Left> left = new ArrayList<>();
    target
        .scratchSchemas()
        .marks()
        .forEach(
            (schema, text) -> {
              Matcher matcher = MARK.matcher(text);
              if (schema.startsWith(PREFIX) && matcher.matches()) {
                left.add(new Left(matcher.group(1), matcher.group(2), matcher.group(3)));
              }
            });
    return left.stream().distinct().toList();
  }

  /** The name that each schema of a backup gets, the same at each call. */
  public Map<String, String> renames(Manifest manifest) {
    Map<String, String> renames = new TreeMap<>();
    manifest.schemas().forEach(schema -> renames.put(schema.name(), ""));
    int number = 0;
    for (Map.Entry<String, String> rename : renames.entrySet()) {
      number++;
      rename.setValue(prefix + number);
    }
    return renames;
  }

  /**
   * To be called before the claim is noted.
   *
   * @throws InvalidRequestException if there is a schema of such a name
   */
  public void requireNone() {
    List<String> there = scratch.named(prefix);
    if (!there.isEmpty()) {
      throw foreign(there.getFirst());
    }
  }

  /**
   * To be called once the claim is noted.
   *
   * @throws InvalidRequestException if there is a schema of such a name that is not the drill's own
   */
  public void requireOwn() {
    Standing standing = standing();
    if (!standing.foreign().isEmpty()) {
      throw foreign(standing.foreign().getFirst());
    }
  }

  /** What there is of the schemas. */
  private record Standing(List<String> own, List<String> foreign) {}

  private Standing standing() {
    Map<String, String> marks = scratch.marks();
    List<String> own = new ArrayList<>();
    List<String> foreign = new ArrayList<>();
    for (String name : scratch.named(prefix)) {
      String its = marks.get(name);
      boolean isOwn = Objects.equals(its, mark) || (its == null && scratch.isEmpty(name));
      (isOwn ? own : foreign).add(name);
    }
    return new Standing(own, foreign);
  }

  /**
   * Makes the schemas of a plan that are not there, each with its mark; see {@link #requireOwn}.
   */
  public void make(RestorePlan plan) {
    Map<String, String> marks = scratch.marks();
    for (PlannedSchema schema : plan.schemas()) {
      String name = schema.target();
      if (!name.startsWith(prefix)) {
        throw new IllegalStateException("a drill restores into schemas of its own alone");
      }
      if (!mark.equals(marks.get(name))) {
        target.createSchema(schema.definition(), name);
        scratch.mark(name, mark);
      }
    }
  }

  /**
   * Drops what is there of the schemas.
   *
   * @throws InvalidRequestException if one is not the drill's own; the others are dropped
   */
  public void drop() {
    Standing standing = standing();
    scratch.drop(standing.own());
    if (!standing.foreign().isEmpty()) {
      throw foreign(standing.foreign().getFirst());
    }
  }

  private InvalidRequestException foreign(String name) {
    return new InvalidRequestException(
        "drill on",
        target.address(),
        "there is a schema " + name + " that this drill has not made",
        "Find out whose it is, and drop it if nobody needs it; or give the job another name.");
  }
}
