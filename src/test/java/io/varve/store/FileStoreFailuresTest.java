package io.varve.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.varve.InvalidRequestException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a folder is left like when something fails, and what is said. */
class FileStoreFailuresTest {

  @TempDir Path folder;

  private ObjectStore store() {
    return Stores.open("file://" + folder, S3Options.DEFAULT);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void aFullDiskLeavesNothingBehind() throws Exception {
    Optional<Path> small = mountSmallDisk();
    if (small.isEmpty()) {
      System.err.println("SKIPPED: no right to mount a small disk, so a full one was not tested");
    }
    assumeThat(small).as("a small disk").isPresent();
    Path disk = small.orElseThrow();
    try {
      ObjectStore store = Stores.open("file://" + disk, S3Options.DEFAULT);
      store.create("a/small", Content.of("x"));
      String version = ObjectStoreContract.version(store, "a/small");
      Content large = Content.of(new byte[400 * 1024]);

      assertThatThrownBy(() -> store.create("a/large", large))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("a/large")
          .hasMessageContaining("the disk is full");
      assertThatThrownBy(() -> store.replace("a/small", large, version))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("the disk is full");

      assertThat(ObjectStoreContract.keys(store, "")).containsExactly("a/small");
      assertThat(ObjectStoreContract.text(store, "a/small")).isEqualTo("x");
      assertThat(files(disk)).noneMatch(file -> file.toString().endsWith(".tmp"));
      assertThat(store.create("a/next", Content.of("y"))).isEqualTo(PutOutcome.CREATED);
    } finally {
      run("umount", disk.toString());
    }
  }

  private Optional<Path> mountSmallDisk() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    return run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString())
        ? Optional.of(disk)
        : Optional.empty();
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false; // no such program on this machine
    }
  }

  @Test
  void aWriteThatBreaksOffLeavesNothingBehind() throws Exception {
    ObjectStore store = store();
    Content broken =
        new Content() {
          @Override
          public long size() {
            return 10;
          }

          @Override
          public InputStream open() {
            return new InputStream() {
              private int left = 5;

              @Override
              public int read() throws IOException {
                if (left == 0) {
                  throw new IOException("broken off");
                }
                left--;
                return 'x';
              }
            };
          }

          @Override
          public byte[] sha256() {
            return new byte[32];
          }
        };

    assertThatThrownBy(() -> store.create("a/b", broken)).hasMessageContaining("broken off");

    assertThat(store.get("a/b")).isEmpty();
    assertThat(files(folder)).isEmpty();
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() {
    ObjectStore store = Stores.open("file:///proc/varve", S3Options.DEFAULT);

    assertThatThrownBy(() -> store.create("a", Content.of("x")))
        .hasMessageContaining("file:///proc/varve/a");
    assertThat(store.get("a")).isEmpty();
    assertThat(ObjectStoreContract.keys(store, "")).isEmpty();
  }

  @Test
  void aFileInThePlaceOfTheFolderIsNamed() throws Exception {
    Files.writeString(folder.resolve("file"), "x");
    ObjectStore store = Stores.open("file://" + folder + "/file/store", S3Options.DEFAULT);

    assertThatThrownBy(() -> store.create("a", Content.of("x")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("a file stands where a folder is needed");
  }

  @Test
  void aKeyThatBeginsAnotherIsRefused() {
    ObjectStore store = store();
    store.create("a/b", Content.of("x"));

    assertThatThrownBy(() -> store.create("a", Content.of("x")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("a folder stands there");
    assertThatThrownBy(() -> store.create("a/b/c", Content.of("x")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("a file stands where a folder is needed");
    assertThat(store.get("a")).isEmpty();
    assertThat(store.get("a/b/c")).isEmpty();
  }

  @Test
  void aNameTooLongForTheFileSystemIsRefused() {
    ObjectStore store = store();
    assertThatThrownBy(() -> store.create("n".repeat(300), Content.of("x")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("longer than the file system allows");
  }

  @Test
  void filesOfOthersAndLeftoversOfCrashesAreNotListed() throws Exception {
    ObjectStore store = store();
    store.create("a/b", Content.of("x"));
    Files.writeString(folder.resolve("a/.varve-0815.tmp"), "half");
    Files.writeString(folder.resolve("a/stray=name"), "not ours");
    Files.createSymbolicLink(folder.resolve("a/link"), folder);

    assertThat(ObjectStoreContract.keys(store, "")).containsExactly("a/b");
  }

  @Test
  void foldersGoWithTheirLastObject() throws Exception {
    ObjectStore store = store();
    store.create("a/b/c", Content.of("x"));
    store.delete("a/b/c");

    assertThat(folder.resolve("a")).doesNotExist();
    assertThat(folder).exists();
  }

  @Test
  void creatorsAndDeletersOfOneFolderDoNotDisturbEachOther() throws Exception {
    ObjectStore store = store();
    List<Future<?>> workers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 8; i++) {
        String key = "same/folder/" + i;
        workers.add(
            threads.submit(
                () -> {
                  for (int n = 0; n < 100; n++) {
                    assertThat(store.create(key, Content.of("x"))).isEqualTo(PutOutcome.CREATED);
                    store.delete(key);
                  }
                }));
      }
    }
    for (Future<?> worker : workers) {
      worker.get();
    }
    assertThat(ObjectStoreContract.keys(store, "")).isEmpty();
  }

  @Test
  void ofRacingProcessesOneReplaces() throws Exception {
    ObjectStore store = store();
    store.create("lease", Content.of("0"));
    String program = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      processes.add(
          new ProcessBuilder(
                  program,
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Incrementer.class.getName(),
                  "file://" + folder,
                  "60")
              .inheritIO()
              .start());
    }
    for (Process process : processes) {
      assertThat(process.waitFor()).isZero();
    }
    assertThat(ObjectStoreContract.text(store, "lease")).startsWith("180 ");
  }

  /** Counts in an object, by conditional replaces; a lost update shows in the sum. */
  static final class Incrementer {

    private Incrementer() {}

    public static void main(String[] arguments) {
      ObjectStore store = Stores.open(arguments[0], S3Options.DEFAULT);
      String self = " by " + ProcessHandle.current().pid();
      for (int done = 0; done < Integer.parseInt(arguments[1]); ) {
        StoredObject read = store.get("lease").orElseThrow();
        String text = new String(read.content(), StandardCharsets.UTF_8);
        int next = Integer.parseInt(text.replaceFirst(" .*", "")) + 1;
        if (store.replace("lease", Content.of(next + self), read.version()) == PutOutcome.CREATED) {
          done++;
        }
      }
    }
  }
}
