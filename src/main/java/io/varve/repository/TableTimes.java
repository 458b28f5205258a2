package io.varve.repository;

/**
 * When the rows of a table were judged and read, in seconds from the start of the run.
 *
 * @param began the first of its ranges
 * @param ended the last of them
 */
public record TableTimes(double began, double ended) {}
