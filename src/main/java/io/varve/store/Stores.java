package io.varve.store;

/** Opens the store that an address names. */
public final class Stores {

  private Stores() {}

  /**
   * Makes no request: a store that is missing or refuses shows at the first call.
   *
   * @throws io.varve.InvalidRequestException if the address or an option cannot be right
   */
  public static ObjectStore open(String uri, S3Options options) {
    return switch (StoreLocation.parse(uri)) {
      case StoreLocation.S3 s3 -> S3Store.open(s3, options);
      case StoreLocation.Folder folder -> new FileStore(folder);
    };
  }
}
