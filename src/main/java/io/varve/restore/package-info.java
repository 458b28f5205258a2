/**
 * The restore engine: plan, load, verify, report. {@link io.varve.restore.Restore} is the order of
 * things.
 */
@NullMarked
package io.varve.restore;

import org.jspecify.annotations.NullMarked;
