package io.varve.mysql;

/**
 * What a restore changes of views, routines, triggers and events.
 *
 * @param definer whose rights they act with
 * @param events whether events run
 */
public record ObjectOptions(Definer definer, EventState events) {

  /** They come back as they were. */
  public static final ObjectOptions AS_THEY_WERE = new ObjectOptions(Definer.KEEP, EventState.KEEP);
}
