package io.varve.cli;

import io.varve.InvalidRequestException;
import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import io.varve.store.ObjectStore;
import io.varve.store.S3Options;
import io.varve.store.S3Options.Addressing;
import io.varve.store.StoreProbe;
import io.varve.store.Stores;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the repository lies. */
final class StoreOptions {

  @Option(
      names = "--store",
      required = true,
      paramLabel = "STORE",
      description = "s3://bucket/prefix or file:///path")
  String store = "";

  @Option(
      names = "--name",
      paramLabel = "SOURCE",
      description = "name of the source in the repository; default: its host")
  @Nullable String name;

  @Option(
      names = "--s3-endpoint",
      paramLabel = "URL",
      description = "an S3-compatible store's address; default: AWS_ENDPOINT_URL_S3, else AWS")
  @Nullable URI s3Endpoint;

  @Option(
      names = "--s3-path-style",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "put the bucket into the path; default: for any endpoint but AWS's")
  @Nullable Boolean s3PathStyle;

  @Option(
      names = "--s3-region",
      paramLabel = "REGION",
      description = "default: AWS_REGION, the profile")
  @Nullable String s3Region;

  @Option(
      names = "--storage-class",
      paramLabel = "CLASS",
      description = "S3 storage class of parts, such as STANDARD_IA")
  @Nullable String storageClass;

  Repository open() {
    ObjectStore opened = openStore();
    try {
      return Repository.open(opened);
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  Repository openOrCreate(StoreProbe.Writers writers) {
    ObjectStore opened = openStore();
    try {
      return Repository.openOrCreate(
          opened, () -> StoreProbe.run(opened, writers), Clock.systemUTC());
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** The source that was named, or the only one there is. */
  SourceRepository source(Repository repository) {
    if (name != null) {
      return repository.source(name);
    }
    List<String> sources = repository.sources();
    if (sources.size() == 1) {
      return repository.source(sources.getFirst());
    }
    throw new InvalidRequestException(
        "choose a source in",
        store,
        sources.isEmpty() ? "it has none yet" : "it has " + String.join(", ", sources),
        sources.isEmpty() ? "Make a backup first." : "Name one with --name.");
  }

  private ObjectStore openStore() {
    Addressing addressing = Addressing.AUTO;
    if (s3PathStyle != null) {
      addressing = s3PathStyle ? Addressing.PATH : Addressing.VIRTUAL_HOST;
    }
    return Stores.open(
        store,
        S3Options.DEFAULT
            .withEndpoint(s3Endpoint)
            .withAddressing(addressing)
            .withRegion(s3Region)
            .withStorageClass(storageClass));
  }
}
