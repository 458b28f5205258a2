/** {@code varve serve}: does what its API and its schedules ask for. */
@NullMarked
package io.varve.server;

import org.jspecify.annotations.NullMarked;
