/** Sources, targets and the store by name. */
@NullMarked
package io.varve.configuration;

import org.jspecify.annotations.NullMarked;
