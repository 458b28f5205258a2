package io.varve.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest extends ObjectStoreContract {

  @TempDir Path folder;

  @Override
  ObjectStore store() {
    return Stores.open("file://" + folder + "/new/root", S3Options.DEFAULT);
  }

  @Override
  Optional<byte[]> bytesOf(String key) throws Exception {
    Path file = folder.resolve("new/root");
    for (String segment : key.split("/")) {
      file = file.resolve(FileNames.encode(segment));
    }
    return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
  }
}
