package io.varve.configuration;

import io.varve.configuration.Section.WrongValue;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The field {@code server}. */
final class ServerReader {

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final int MOST_JOBS = 64;

  private ServerReader() {}

  static ServerConfiguration read(Section section) {
    int jobs = section.number("jobs", 1, MOST_JOBS).orElse(ServerConfiguration.DEFAULT_JOBS);
    List<ApiToken> tokens = new ArrayList<>();
    section.sections("tokens").forEach((name, token) -> token(name, token).ifPresent(tokens::add));
    section.refuseOthers();
    return new ServerConfiguration(jobs, tokens);
  }

  private static Optional<ApiToken> token(String name, Section section) {
    section.require("sha256", "roles");
    Optional<String> sha256 = section.text("sha256", ServerReader::sha256);
    Set<ApiRole> roles = EnumSet.noneOf(ApiRole.class);
    for (String word : section.texts("roles")) {
      ApiRole.named(word)
          .ifPresentOrElse(
              roles::add,
              () -> section.refuse("roles", "has one that is none of " + ApiRole.words()));
    }
    Optional<Instant> expires = section.text("expires", ServerReader::instant);
    section.refuseOthers();
    return sha256.map(hash -> new ApiToken(name, hash, roles, expires));
  }

  private static String sha256(String text) {
    if (!SHA256.matcher(text).matches()) {
      throw new WrongValue("has to be the SHA-256 of the token: 64 digits of 0-9a-f");
    }
    return text;
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException wrong) {
      throw new WrongValue("has to be a time of UTC, such as 2027-01-31T00:00:00Z");
    }
  }
}
