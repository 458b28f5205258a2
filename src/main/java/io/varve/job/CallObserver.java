package io.varve.job;

import io.varve.Progress;

/** Hears what calls are about. Thread-safe. */
public interface CallObserver {

  /** An event was understood, and its job is begun or gone on with. */
  void begins(JobKind kind, String job, String source);

  /** Hears of the work of a job. */
  Progress progress(String job);
}
