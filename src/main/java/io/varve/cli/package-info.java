/** The command line: parses, calls an engine, prints. Holds no logic of backups. */
@NullMarked
package io.varve.cli;

import org.jspecify.annotations.NullMarked;
