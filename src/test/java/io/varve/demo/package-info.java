/** {@code make demo}: the whole product in one minute. */
@NullMarked
package io.varve.demo;

import org.jspecify.annotations.NullMarked;
