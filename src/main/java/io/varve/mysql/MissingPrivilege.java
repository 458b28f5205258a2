package io.varve.mysql;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A privilege that the user lacks.
 *
 * @param privilege as GRANT names it: {@code SHOW VIEW}
 * @param on what it is to be granted on, as GRANT has it
 * @param account whom it is to be granted to, as the server knows the user
 * @param without what is lost without it, as a clause
 * @param loss how much that is
 */
public record MissingPrivilege(
    String privilege, String on, String account, String without, Loss loss) {

  /** What the lack of a privilege costs. */
  public enum Loss {
    /** The work fails, or its result is less than whole. */
    RESULT,
    /** The work is done in a lesser way. */
    COMFORT
  }

  /** Without it, the work fails or comes out less than whole; for people. */
  public String note() {
    return without + ". " + advice(List.of(this));
  }

  /** The statement that gives it. */
  public String statement() {
    return statement(Set.of(privilege), on, account);
  }

  /** The fewest statements that give all of them. */
  public static List<String> statements(Collection<MissingPrivilege> missing) {
    record Place(String on, String account) {}
    Map<Place, Set<String>> privileges = new LinkedHashMap<>();
    missing.forEach(
        next ->
            privileges
                .computeIfAbsent(new Place(next.on(), next.account()), p -> new LinkedHashSet<>())
                .add(next.privilege()));
    return privileges.entrySet().stream()
        .map(entry -> statement(entry.getValue(), entry.getKey().on(), entry.getKey().account()))
        .toList();
  }

  /** What to do about all of them, as a sentence. */
  public static String advice(Collection<MissingPrivilege> missing) {
    return "An administrator can run: " + String.join(" ", statements(missing));
  }

  private static String statement(Set<String> privileges, String on, String account) {
    return "GRANT " + String.join(", ", privileges) + " ON " + on + " TO " + account + ";";
  }
}
