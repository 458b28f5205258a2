package io.varve.restore;

import io.varve.TimeLimit;
import io.varve.mysql.ObjectOptions;
import io.varve.mysql.TableSelection;
import io.varve.mysql.Throttling;
import java.util.Map;

/**
 * What is restored, and how.
 *
 * @param renames schemas that get another name on the target, by their name in the backup
 * @param parallel connections that load side by side
 * @param collations those that get another one on the target, by their name in the backup
 * @param objects what is changed of views, routines, triggers and events
 * @param accounts whether users and roles are made that the target lacks
 * @param overwriteLive whether rows may be replaced in tables with triggers, or that others refer
 *     to
 * @param dropOthers whether tables that the backup has not are dropped, where only what differs is
 *     restored
 * @param throttling how far the target is spared
 * @param limit until when the run may work
 */
public record RestoreOptions(
    TableSelection selection,
    Map<String, String> renames,
    RestoreMode mode,
    int parallel,
    Map<String, String> collations,
    ObjectOptions objects,
    boolean accounts,
    boolean overwriteLive,
    boolean dropOthers,
    Throttling throttling,
    TimeLimit limit) {

  public RestoreOptions {
    renames = Map.copyOf(renames);
    collations = Map.copyOf(collations);
  }

  /** Collations, views, routines, triggers and events come back as they were. */
  public RestoreOptions(
      TableSelection selection, Map<String, String> renames, RestoreMode mode, int parallel) {
    this(
        selection,
        renames,
        mode,
        parallel,
        Map.of(),
        ObjectOptions.AS_THEY_WERE,
        false,
        false,
        false);
  }

  /** Without sparing the target. */
  public RestoreOptions(
      TableSelection selection,
      Map<String, String> renames,
      RestoreMode mode,
      int parallel,
      Map<String, String> collations,
      ObjectOptions objects,
      boolean accounts,
      boolean overwriteLive,
      boolean dropOthers) {
    this(
        selection,
        renames,
        mode,
        parallel,
        collations,
        objects,
        accounts,
        overwriteLive,
        dropOthers,
        Throttling.NONE,
        TimeLimit.NONE);
  }

  /** The same, sparing the target. */
  public RestoreOptions throttled(Throttling other) {
    return with(other, limit);
  }

  /** The same with another limit. */
  public RestoreOptions until(TimeLimit other) {
    return with(throttling, other);
  }

  private RestoreOptions with(Throttling otherThrottling, TimeLimit otherLimit) {
    return new RestoreOptions(
        selection,
        renames,
        mode,
        parallel,
        collations,
        objects,
        accounts,
        overwriteLive,
        dropOthers,
        otherThrottling,
        otherLimit);
  }
}
