/** When something is to be done again and again: pure functions of time, that start nothing. */
@NullMarked
package io.varve.schedule;

import org.jspecify.annotations.NullMarked;
