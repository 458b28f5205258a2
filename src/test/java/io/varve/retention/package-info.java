/** Tests of retention: by rules, by crashes, and by all orders in which things can happen. */
@NullMarked
package io.varve.retention;

import org.jspecify.annotations.NullMarked;
