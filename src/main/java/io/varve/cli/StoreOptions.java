package io.varve.cli;

import io.varve.InvalidRequestException;
import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import io.varve.store.ObjectStore;
import io.varve.store.StoreProbe;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
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

  @Mixin S3ClientOptions s3 = new S3ClientOptions();

  Repository open() {
    ObjectStore opened = s3.open(store);
    try {
      return Repository.open(opened);
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  Repository openOrCreate(StoreProbe.Writers writers) {
    ObjectStore opened = s3.open(store);
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
}
