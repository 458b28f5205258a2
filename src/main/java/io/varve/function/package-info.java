/** The functions: what AWS Lambda calls, by the name of the handler that it was told. */
@NullMarked
package io.varve.function;

import org.jspecify.annotations.NullMarked;
