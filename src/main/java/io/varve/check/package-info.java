/** Finds out whether a backup or a restore would work, without doing one. */
@NullMarked
package io.varve.check;

import org.jspecify.annotations.NullMarked;
