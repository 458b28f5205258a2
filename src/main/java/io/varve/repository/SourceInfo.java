package io.varve.repository;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * The server a backup was read from.
 *
 * @param flavour mysql or mariadb
 * @param sqlMode its default, under which its stored programs may expect to run
 * @param lowerCaseTableNames as {@link io.varve.mysql.ServerInfo} has it; null in manifests that do
 *     not say
 */
public record SourceInfo(
    String flavour,
    String version,
    String sqlMode,
    String timeZone,
    @Nullable Integer lowerCaseTableNames) {

  public SourceInfo {
    requireNonNull(flavour, "flavour");
    requireNonNull(version, "version");
    requireNonNull(sqlMode, "sqlMode");
    requireNonNull(timeZone, "timeZone");
  }

  /** Whether names that differ by case only mean one schema or table there. */
  public boolean ignoresCaseOfNames() {
    return lowerCaseTableNames != null && lowerCaseTableNames != 0;
  }
}
