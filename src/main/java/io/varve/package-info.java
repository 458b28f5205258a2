/** What every package shares: the errors and the version of the program. */
@NullMarked
package io.varve;

import org.jspecify.annotations.NullMarked;
