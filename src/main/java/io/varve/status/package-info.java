/** How sources are: what they have, what was done last, what is being done, what comes next. */
@NullMarked
package io.varve.status;

import org.jspecify.annotations.NullMarked;
