package io.varve.verify;

import io.varve.repository.BackupId;

/**
 * Something that is not as a backup says.
 *
 * @param table whose part it is; empty for a manifest
 * @param key of the object
 * @param reason what is wrong with it
 */
public record Damage(BackupId backup, String table, String key, String reason) {}
