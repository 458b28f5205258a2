@NullMarked
package io.varve.repository;

import org.jspecify.annotations.NullMarked;
