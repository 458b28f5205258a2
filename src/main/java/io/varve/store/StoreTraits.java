package io.varve.store;

/**
 * What a store was found to honour; written into {@code varve.json}.
 *
 * @param kind {@code s3} or {@code file}
 * @param putIfAbsent of racing creators of one key, one wins
 * @param replaceIfUnchanged of racing writers that replace one version, one wins
 * @param readAfterWrite an object is read as it was last written, and no more once deleted
 * @param listAfterWrite a new object is in the next listing
 * @param listAfterDelete a deleted object is not
 * @param lifecycle {@code none}, {@code harmless}: rules there are, but none that ends an object's
 *     life; {@code not-readable}: the store did not say; {@code not-applicable}
 * @param singleWriter the user has said that one process at a time writes, so that the store may
 *     ignore preconditions
 */
public record StoreTraits(
    String kind,
    boolean putIfAbsent,
    boolean replaceIfUnchanged,
    boolean readAfterWrite,
    boolean listAfterWrite,
    boolean listAfterDelete,
    String lifecycle,
    boolean singleWriter) {}
