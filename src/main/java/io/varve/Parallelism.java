package io.varve;

/** How many connections work side by side. */
public final class Parallelism {

  public static final int MOST = 64;

  private static final int LEAST_BY_DEFAULT = 2;
  private static final int MOST_BY_DEFAULT = 8;

  /** What a connection may take, with parts of the least default size. */
  private static final long BYTES_EACH = 32L << 20;

  private Parallelism() {}

  /** One per core, 2 to 8, fewer where this process has little memory. */
  public static int byDefault() {
    long fitting = Runtime.getRuntime().maxMemory() / BYTES_EACH;
    return Math.clamp(
        Math.min(Runtime.getRuntime().availableProcessors(), fitting),
        LEAST_BY_DEFAULT,
        MOST_BY_DEFAULT);
  }
}
