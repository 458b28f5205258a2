/** Real servers and stores for tests. */
@NullMarked
package io.varve.testing;

import org.jspecify.annotations.NullMarked;
