/** Everything that speaks SQL: connections, snapshots, definitions, ranges, checksums, loading. */
@NullMarked
package io.varve.mysql;

import org.jspecify.annotations.NullMarked;
