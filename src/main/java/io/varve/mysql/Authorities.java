package io.varve.mysql;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/** Whose word is taken for a server's certificate. */
public sealed interface Authorities {

  /** Those that the system, or the Java machine, trusts. */
  record OfSystem() implements Authorities {}

  /**
   * Those in a file of PEM certificates, and no others. It is read for each {@link DatabaseServer}.
   */
  record InFile(Path path) implements Authorities {

    public InFile {
      requireNonNull(path, "path is null");
    }
  }

  /** Those in a text of PEM certificates, and no others. */
  record Pem(String text) implements Authorities {

    public Pem {
      requireNonNull(text, "text is null");
    }

    @Override
    public String toString() {
      return "Pem[" + text.length() + " characters]";
    }
  }

  /**
   * Those of Amazon RDS and Aurora in all regions, which come with the program. RDS Proxy is not of
   * these: its certificates are those of Amazon's public authorities, which systems trust.
   */
  record OfRds() implements Authorities {}
}
