@NullMarked
package io.varve.function;

import org.jspecify.annotations.NullMarked;
