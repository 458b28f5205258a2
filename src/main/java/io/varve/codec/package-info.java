/**
 * Rows to bytes and back: the dialect that {@code LOAD DATA} reads, compression, and the checksum
 * of rows. Knows no SQL and no store but {@link io.varve.store.Content}.
 */
@NullMarked
package io.varve.codec;

import org.jspecify.annotations.NullMarked;
