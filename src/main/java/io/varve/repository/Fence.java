package io.varve.repository;

import java.time.Instant;

/** Stands at the key of a manifest that will never be: its run ended without a commit. */
public record Fence(int format, BackupId id, boolean fence, String runId, Instant time) {}
