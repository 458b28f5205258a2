/** Tests of the codec; foreign programs judge what it writes. */
@NullMarked
package io.varve.codec;

import org.jspecify.annotations.NullMarked;
