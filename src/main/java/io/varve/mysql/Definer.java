package io.varve.mysql;

import java.util.Locale;
import java.util.Optional;

/**
 * Whose rights the views, routines, triggers and events of a restore act with: the account in their
 * {@code DEFINER} clause.
 */
public sealed interface Definer {

  /** The source's, where it has an account on the target; else the restoring user, with a note. */
  Definer KEEP = new Kept();

  /** The restoring user. */
  Definer STRIP = new Stripped();

  /** As {@link #KEEP} says. */
  record Kept() implements Definer {

    @Override
    public String toString() {
      return "keep";
    }
  }

  /** As {@link #STRIP} says. */
  record Stripped() implements Definer {

    @Override
    public String toString() {
      return "strip";
    }
  }

  /**
   * One account for all.
   *
   * @param host as the account has it, wildcards and all: {@code %}
   */
  record Account(String user, String host) implements Definer {

    /** For people: {@code app@%}. */
    @Override
    public String toString() {
      return user + "@" + host;
    }

    String clause() {
      return "DEFINER=" + Quoted.identifier(user) + "@" + Quoted.identifier(host) + " ";
    }
  }

  /**
   * Reads {@code keep}, {@code strip}, or {@code USER@HOST}, each name with or without quotes;
   * empty where it is none of these.
   */
  static Optional<Definer> parse(String text) {
    int at = text.lastIndexOf('@');
    if (at < 0) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "keep" -> Optional.of(KEEP);
        case "strip" -> Optional.of(STRIP);
        default -> Optional.empty();
      };
    }
    String user = unquoted(text.substring(0, at));
    String host = unquoted(text.substring(at + 1));
    return user.isEmpty() || host.isEmpty()
        ? Optional.empty()
        : Optional.of(new Account(user, host));
  }

  private static String unquoted(String name) {
    boolean quoted =
        name.length() > 1
            && "'\"`".indexOf(name.charAt(0)) >= 0
            && name.charAt(name.length() - 1) == name.charAt(0);
    return quoted ? name.substring(1, name.length() - 1) : name;
  }
}
