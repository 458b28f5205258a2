package io.varve.repository;

import java.time.Instant;

/**
 * What lists show of a backup, put before its manifest.
 *
 * @param manifestBytes size of the manifest as stored: a fence at its key has another
 * @param manifestSha256 of the manifest as stored, hex
 */
public record Summary(
    int format,
    BackupId id,
    BackupKind kind,
    String runId,
    String source,
    SourceInfo server,
    Instant snapshotTime,
    Totals totals,
    long manifestBytes,
    String manifestSha256) {}
