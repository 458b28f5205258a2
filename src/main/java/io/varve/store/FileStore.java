package io.varve.store;

import static java.util.Objects.requireNonNull;

import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.VarveException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Objects as files below a folder: a local disk or a network mount.
 *
 * <p>Thread-safe, also between processes. An object appears under its name only when all of it is
 * on the disk; what a crash leaves are files named {@code .varve-...}, which are never listed.
 */
final class FileStore implements ObjectStore {

  /** Folders come and go with their objects, so that making a file in one may take another try. */
  private static final int TRIES = 100;

  private static final int SLICE_BYTES = 256 * 1024;

  private final StoreLocation.Folder location;
  private final Path root;

  FileStore(StoreLocation.Folder location) {
    this.location = location;
    this.root = location.path();
  }

  @Override
  public String location() {
    return location.uri();
  }

  @Override
  public PutOutcome create(String key, Content content) {
    Path file = file("create", key);
    try {
      for (int i = 0; i < TRIES; i++) {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
          Optional<byte[]> stands = read(file);
          if (stands.isPresent()) {
            return isSame(stands.get(), content) ? PutOutcome.SAME : PutOutcome.OTHER;
          }
          refuseFolder("create", key, file);
        } else if (createOnce(file, content)) {
          return PutOutcome.CREATED;
        }
      }
    } catch (IOException e) {
      throw failure("create", key, e);
    }
    throw contended("create", key);
  }

  /** False where the name was taken, or the folder deleted, in the meantime. */
  private boolean createOnce(Path file, Content content) throws IOException {
    try {
      makeFolders(folderOf(file));
      Path temporary = write(file, content);
      try {
        link(file, temporary);
      } finally {
        Files.deleteIfExists(temporary);
      }
      sync(folderOf(file));
      return true;
    } catch (FileAlreadyExistsException | NoSuchFileException e) {
      if (isBelowFile(file)) {
        throw e;
      }
      return false;
    }
  }

  private void link(Path file, Path temporary) throws IOException {
    try {
      Files.createLink(file, temporary);
    } catch (FileAlreadyExistsException | NoSuchFileException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      // No hard links on FAT, exFAT and some mounts: there the lock stands in for them.
      try (FolderLock lock = FolderLock.acquire(root)) {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
          throw new FileAlreadyExistsException(file.toString());
        }
        move(temporary, file);
      }
    }
  }

  @Override
  public PutOutcome replace(String key, Content content, String version) {
    Path file = file("replace", key);
    if (!Files.isDirectory(root)) {
      return PutOutcome.OTHER;
    }
    try (FolderLock lock = FolderLock.acquire(root)) {
      Optional<byte[]> stands = read(file);
      if (stands.isEmpty()) {
        return PutOutcome.OTHER;
      }
      if (!version(stands.get()).equals(version)) {
        return isSame(stands.get(), content) ? PutOutcome.SAME : PutOutcome.OTHER;
      }
      Path temporary = write(file, content);
      try {
        move(temporary, file);
      } finally {
        Files.deleteIfExists(temporary);
      }
      sync(folderOf(file));
      return PutOutcome.CREATED;
    } catch (IOException e) {
      throw failure("replace", key, e);
    }
  }

  @Override
  public Optional<StoredObject> get(String key) {
    Path file = file("read", key);
    try {
      return read(file).map(bytes -> new StoredObject(bytes, version(bytes)));
    } catch (IOException e) {
      throw failure("read", key, e);
    }
  }

  @Override
  public OptionalInt read(String key, byte[] into) {
    Path file = file("read", key);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return OptionalInt.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      int size = 0;
      // in slices, for Java keeps a copy of the size of each read outside the heap
      while (size < into.length) {
        int count = in.read(into, size, Math.min(SLICE_BYTES, into.length - size));
        if (count < 0) {
          return OptionalInt.of(size);
        }
        size += count;
      }
      return OptionalInt.of(Math.toIntExact(Files.size(file)));
    } catch (NoSuchFileException e) {
      return OptionalInt.empty();
    } catch (IOException e) {
      throw failure("read", key, e);
    }
  }

  @Override
  public void list(String prefix, Consumer<ObjectInfo> each) {
    int slash = prefix.lastIndexOf('/');
    String folder = slash < 0 ? "" : prefix.substring(0, slash);
    if (slash == 0 || (slash > 0 && !ObjectKeys.isWellFormed(folder))) {
      return; // no key begins like that
    }
    Path start = root;
    for (String segment : folder.isEmpty() ? new String[0] : folder.split("/")) {
      start = start.resolve(FileNames.encode(segment));
    }
    try {
      list(start, slash < 0 ? "" : folder + "/", prefix, each);
    } catch (IOException e) {
      throw failure("list", prefix, e);
    }
  }

  @Override
  public List<String> folders(String prefix) {
    Path start = root;
    for (String segment : prefix.isEmpty() ? new String[0] : prefix.split("/")) {
      start = start.resolve(FileNames.encode(segment));
    }
    try {
      return entries(start, prefix, prefix).stream()
          .filter(entry -> entry.attributes().isDirectory())
          .map(entry -> entry.key().substring(prefix.length(), entry.key().length() - 1))
          .toList();
    } catch (IOException e) {
      throw failure("list", prefix, e);
    }
  }

  private record Entry(String key, Path file, BasicFileAttributes attributes) {}

  private static void list(Path folder, String folderKey, String prefix, Consumer<ObjectInfo> each)
      throws IOException {
    for (Entry entry : entries(folder, folderKey, prefix)) {
      if (entry.attributes().isDirectory()) {
        list(entry.file(), entry.key(), prefix, each);
      } else {
        each.accept(
            new ObjectInfo(
                entry.key(),
                entry.attributes().size(),
                entry.attributes().lastModifiedTime().toInstant()));
      }
    }
  }

  /** In key order: a folder sorts by its name with the slash, as the keys in it do. */
  private static List<Entry> entries(Path folder, String folderKey, String prefix)
      throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        Optional<String> segment =
            name.startsWith(FileNames.OWN) ? Optional.empty() : FileNames.decode(name);
        if (segment.isPresent() && (folderKey + segment.get()).startsWith(prefix)) {
          entry(folderKey + segment.get(), file).ifPresent(entries::add);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of(); // there is no such key, or no longer
    }
    entries.sort(Comparator.comparing(Entry::key, ObjectKeys.ORDER));
    return entries;
  }

  private static Optional<Entry> entry(String key, Path file) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (attributes.isDirectory()) {
        return Optional.of(new Entry(key + "/", file, attributes));
      }
      return attributes.isRegularFile()
          ? Optional.of(new Entry(key, file, attributes))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty(); // deleted while it was listed
    }
  }

  @Override
  public void delete(String key) {
    Path file = file("delete", key);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    // Locked, or a replace that has compared already would bring the object back.
    try (FolderLock lock = FolderLock.acquire(root)) {
      Files.deleteIfExists(file);
      removeEmptyFolders(folderOf(file));
    } catch (IOException e) {
      throw failure("delete", key, e);
    }
  }

  @Override
  public void close() {
    // nothing is held between calls
  }

  private Path file(String doing, String key) {
    ObjectKeys.check(doing, location(), "", key);
    Path file = root;
    for (String segment : key.split("/")) {
      file = file.resolve(FileNames.encode(segment));
    }
    return file;
  }

  private static Path folderOf(Path file) {
    return requireNonNull(file.getParent(), "an object's file lies below the root");
  }

  private static Optional<byte[]> read(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static String version(byte[] bytes) {
    return HexFormat.of().formatHex(Sha256.of(bytes));
  }

  private static boolean isSame(byte[] stands, Content content) throws IOException {
    if (stands.length != content.size()) {
      return false;
    }
    try (InputStream ours = content.open()) {
      return Arrays.equals(stands, ours.readAllBytes());
    }
  }

  /** A whole copy on the disk, beside the place it is meant for. */
  private static Path write(Path file, Content content) throws IOException {
    Path temporary = file.resolveSibling(FileNames.OWN + UUID.randomUUID() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      content.writeTo(channel);
      channel.force(true);
    } catch (IOException | RuntimeException e) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException cleaning) {
        e.addSuppressed(cleaning);
      }
      throw e;
    }
    return temporary;
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException("the file system cannot replace a file in one step", e);
    }
  }

  private void makeFolders(Path folder) throws IOException {
    Path existing = folder;
    while (existing != null && !Files.isDirectory(existing)) {
      existing = existing.getParent();
    }
    Files.createDirectories(folder);
    for (Path each = folder.getParent();
        existing != null && each != null && each.startsWith(existing);
        each = each.getParent()) {
      sync(each);
    }
  }

  /** Makes a new name survive a power cut, where the system lets a folder be synced. */
  private static void sync(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException ignored) {
      // Windows and some mounts do not allow it; the file itself is on the disk.
    }
  }

  /** A store has no folders, only keys. */
  private void removeEmptyFolders(Path folder) throws IOException {
    try {
      for (Path each = folder; !each.equals(root); each = folderOf(each)) {
        Files.deleteIfExists(each);
      }
    } catch (DirectoryNotEmptyException e) {
      return;
    }
  }

  private boolean isBelowFile(Path file) {
    for (Path each = file.getParent(); each != null; each = each.getParent()) {
      if (Files.exists(each) && !Files.isDirectory(each)) {
        return true;
      }
    }
    return false;
  }

  private void refuseFolder(String doing, String key, Path file) {
    if (Files.isDirectory(file)) {
      throw new InvalidRequestException(
          doing,
          location() + "/" + key,
          "a folder stands there, so other keys begin with this one",
          "In a folder no key can be the beginning of another; use other names.");
    }
  }

  private VarveException failure(String doing, String key, IOException failure) {
    if (failure instanceof FileAlreadyExistsException
        || failure instanceof NotDirectoryException
        || String.valueOf(failure.getMessage()).endsWith("Not a directory")) {
      return new InvalidRequestException(
          doing,
          location() + "/" + key,
          "a file stands where a folder is needed (" + failure.getMessage() + ")",
          "Move the file away, or use another folder.",
          failure);
    }
    return FileFailures.explain(doing, location() + "/" + key, failure);
  }

  private RetryLaterException contended(String doing, String key) {
    return new RetryLaterException(
        doing,
        location() + "/" + key,
        "its folder was deleted by others again and again",
        "Run again; if it stays, find out who else writes here.");
  }
}
