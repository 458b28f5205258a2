package io.varve.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Excludes every other holder of the same folder's lock: threads of this process and, through a
 * lock on a file in the folder, other processes. The operating system releases it when a process
 * dies.
 */
final class FolderLock implements AutoCloseable {

  /**
   * State of the whole process because file locks are: a second channel on the same file, closed
   * anywhere in the process, would release the lock of the first (POSIX).
   */
  private static final ConcurrentMap<Path, ReentrantLock> IN_PROCESS = new ConcurrentHashMap<>();

  private final ReentrantLock held;
  private final FileChannel channel;
  private final FileLock lock;

  private FolderLock(ReentrantLock held, FileChannel channel, FileLock lock) {
    this.held = held;
    this.channel = channel;
    this.lock = lock;
  }

  /** Waits for as long as others hold it: milliseconds, for each holder writes one object. */
  static FolderLock acquire(Path folder) throws IOException {
    Path file = folder.toRealPath().resolve(FileNames.OWN + "lock");
    ReentrantLock held = IN_PROCESS.computeIfAbsent(file, each -> new ReentrantLock());
    held.lock();
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      return new FolderLock(held, channel, channel.lock());
    } catch (IOException | RuntimeException e) {
      try {
        if (channel != null) {
          channel.close();
        }
      } catch (IOException closing) {
        e.addSuppressed(closing);
      } finally {
        held.unlock();
      }
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      lock.release();
    } finally {
      held.unlock();
    }
  }
}
