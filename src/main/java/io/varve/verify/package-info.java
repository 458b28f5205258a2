/** The verify engine: whether what backups name is stored, whole and readable. */
@NullMarked
package io.varve.verify;

import org.jspecify.annotations.NullMarked;
