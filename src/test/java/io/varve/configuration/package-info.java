@NullMarked
package io.varve.configuration;

import org.jspecify.annotations.NullMarked;
