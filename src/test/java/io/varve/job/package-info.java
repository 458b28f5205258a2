@NullMarked
package io.varve.job;

import org.jspecify.annotations.NullMarked;
