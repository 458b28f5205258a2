package io.varve.api;

/** What a user of the API may do; each includes the one above it, but restore not backup. */
public final class Roles {

  public static final String READ = "read";
  public static final String BACKUP = "backup";
  public static final String RESTORE = "restore";

  private Roles() {}
}
