package io.varve.repository;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;

/**
 * A restore that several processes carry out: each loads parts that no other is at.
 *
 * @param job under whose name they work
 * @param backup that is restored
 * @param workers how many of them there are to be, numbered from 0
 * @param includes which tables, as {@code --include}
 * @param excludes which not
 * @param renames schemas that get another name on the target
 * @param mode create or replace
 * @param collations that get another one on the target
 * @param definer as {@code --definer}
 * @param events as {@code --events}
 * @param accounts whether users and roles are made
 */
public record LoadPlan(
    int format,
    String job,
    BackupId backup,
    int workers,
    List<String> includes,
    List<String> excludes,
    Map<String, String> renames,
    String mode,
    Map<String, String> collations,
    String definer,
    String events,
    boolean accounts) {

  public LoadPlan {
    requireNonNull(job, "job");
    requireNonNull(backup, "backup");
    requireNonNull(mode, "mode");
    requireNonNull(definer, "definer");
    requireNonNull(events, "events");
    includes = List.copyOf(includes);
    excludes = List.copyOf(excludes);
    renames = Map.copyOf(renames);
    collations = Map.copyOf(collations);
  }
}
