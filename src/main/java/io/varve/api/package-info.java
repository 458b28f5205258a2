/** What is asked for over HTTP, and how it is answered: resources that begin work and show it. */
@NullMarked
package io.varve.api;

import org.jspecify.annotations.NullMarked;
