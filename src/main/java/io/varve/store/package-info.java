/** Objects in S3-compatible stores or in a folder, behind one short interface. */
@NullMarked
package io.varve.store;

import org.jspecify.annotations.NullMarked;
