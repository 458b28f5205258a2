package io.varve.api;

/**
 * What a job is doing with a table.
 *
 * @param phase in a word: "reading", "loading"
 * @param rows done in this phase
 * @param bytes of text done in this phase
 * @param expectedBytes a guess of what {@code bytes} comes to
 * @param done whether the table is done in this phase
 */
public record TableActivity(
    String schema,
    String table,
    String phase,
    long rows,
    long bytes,
    long expectedBytes,
    boolean done) {}
