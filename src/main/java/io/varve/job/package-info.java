/**
 * What may be asked for by name, in JSON, and is done once however often it is asked for: what
 * functions answer, and what the server does.
 */
@NullMarked
package io.varve.job;

import org.jspecify.annotations.NullMarked;
