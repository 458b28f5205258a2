package io.varve.store;

import java.time.Instant;

/**
 * An object as listed.
 *
 * @param key relative to the store's prefix
 * @param size bytes
 * @param modified by the store's clock
 */
public record ObjectInfo(String key, long size, Instant modified) {}
