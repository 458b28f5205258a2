package io.varve.api;

/**
 * A target, as the API shows it.
 *
 * @param overwrite whether a restore may replace tables that stand there
 */
record TargetView(String name, boolean overwrite) {}
