package io.varve.store;

/**
 * An object as read.
 *
 * @param content all its bytes; owned by the caller
 * @param version what {@link ObjectStore#replace} compares (S3's ETag)
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record StoredObject(byte[] content, String version) {}
