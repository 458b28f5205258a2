/** Which backups stay, and how the others go without taking anything with them that is needed. */
@NullMarked
package io.varve.retention;

import org.jspecify.annotations.NullMarked;
