/**
 * The repository: what is stored, under which keys, and the order in which it is written. The
 * format is specified in docs/format.md.
 */
@NullMarked
package io.varve.repository;

import org.jspecify.annotations.NullMarked;
