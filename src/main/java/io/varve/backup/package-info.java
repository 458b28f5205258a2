/**
 * The backup engine: {@link io.varve.backup.Backup} from the snapshot to the commit, {@link
 * io.varve.backup.SnapshotPass} the one algorithm in it.
 */
@NullMarked
package io.varve.backup;

import org.jspecify.annotations.NullMarked;
