/** The chaos test: everything at once, killed again and again. */
@NullMarked
package io.varve.chaos;

import org.jspecify.annotations.NullMarked;
