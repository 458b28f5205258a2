package io.varve.server;

import io.varve.repository.RequestEntry;

/** Hears of jobs that have ended. Thread-safe. */
interface JobListener {

  void ended(String source, String job, RequestEntry entry);
}
