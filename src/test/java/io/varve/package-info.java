@NullMarked
package io.varve;

import org.jspecify.annotations.NullMarked;
