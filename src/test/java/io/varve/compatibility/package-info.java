/** Tests that old repositories stay readable. */
@NullMarked
package io.varve.compatibility;

import org.jspecify.annotations.NullMarked;
