@NullMarked
package io.varve.verify;

import org.jspecify.annotations.NullMarked;
