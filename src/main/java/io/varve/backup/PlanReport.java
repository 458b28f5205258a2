package io.varve.backup;

import io.varve.repository.BackupId;

/**
 * How a backup was cut.
 *
 * @param job under whose name its workers work
 * @param workers how many shares there are
 * @param ranges in all shares together
 * @param bytes of the tables' rows, by the server's guess
 */
public record PlanReport(String job, BackupId backup, int workers, int ranges, long bytes) {}
