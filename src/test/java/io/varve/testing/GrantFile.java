package io.varve.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A file of {@code infra/grants}, as a user runs it: account and schema put in place of its own.
 */
public record GrantFile(List<Grant> grants) {

  private static final Path FOLDER = Path.of("infra", "grants");

  /**
   * A statement of it.
   *
   * @param onlyFor what alone needs it, such as a way to a snapshot; empty where all do
   * @param notOnRds whether managed servers do not give it
   */
  public record Grant(String statement, String onlyFor, boolean notOnRds) {

    public boolean isFor(String use) {
      return onlyFor.isEmpty() || onlyFor.equals(use);
    }

    /** Whether it gives something to an account, and is not a setting of the server. */
    public boolean isGrant() {
      return statement.startsWith("GRANT ");
    }

    /** For the names of tests. */
    @Override
    public String toString() {
      return statement.replaceFirst(" TO .*", "");
    }
  }

  /**
   * @param name without its folder: {@code backup-mysql.sql}
   */
  public static GrantFile read(String name, String account, String schema) {
    List<Grant> grants = new ArrayList<>();
    String onlyFor = "";
    boolean notOnRds = false;
    for (String line : lines(name)) {
      if (line.startsWith("-- Only for: ")) {
        onlyFor = line.substring("-- Only for: ".length());
      } else if (line.equals("-- Not on RDS")) {
        notOnRds = true;
      } else if (line.isBlank()) {
        onlyFor = "";
        notOnRds = false;
      } else if (!line.startsWith("--")) {
        String statement =
            line.replaceFirst("'varve_(backup|restore)'@'%'", account)
                .replace("`shop`", "`" + schema + "`");
        grants.add(new Grant(statement, onlyFor, notOnRds));
      }
    }
    return new GrantFile(List.copyOf(grants));
  }

  private static List<String> lines(String name) {
    try {
      return Files.readAllLines(FOLDER.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public GrantFile only(Predicate<Grant> which) {
    return new GrantFile(grants.stream().filter(which).toList());
  }

  /** Runs all of it as an administrator. */
  public void runOn(TestServer server) {
    server.execute(grants.stream().map(Grant::statement).toArray(String[]::new));
  }
}
