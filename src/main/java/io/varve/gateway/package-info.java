/**
 * The API as a function behind API Gateway: it answers at once, and has other functions do the
 * work.
 */
@org.jspecify.annotations.NullMarked
package io.varve.gateway;
