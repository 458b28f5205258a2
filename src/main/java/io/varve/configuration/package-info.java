/**
 * Sources and targets by name, as functions and servers are told of them in one JSON document; and
 * the logins that it names, read where they lie. Safe for use by several threads.
 */
@NullMarked
package io.varve.configuration;

import org.jspecify.annotations.NullMarked;
