package io.varve.repository;

import io.varve.store.StoreTraits;
import java.time.Instant;

/**
 * What {@code varve.json} says: that a repository begins here.
 *
 * @param traits what the store was found to honour when the repository was made
 */
public record RepositoryInfo(int format, String repositoryId, Instant created, StoreTraits store) {}
