/** A server's API, as whoever asks it sees it. */
@NullMarked
package io.varve.client;

import org.jspecify.annotations.NullMarked;
