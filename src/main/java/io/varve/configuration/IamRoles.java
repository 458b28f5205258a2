package io.varve.configuration;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What may do who signs requests with credentials of AWS, where API Gateway has recognised them.
 * Immutable.
 *
 * @param byArn by the ARN of a role or a user of IAM; of roles without their path, since whoever
 *     has assumed one is not known by it
 */
public record IamRoles(Map<String, Set<ApiRole>> byArn) {

  static final IamRoles NONE = new IamRoles(Map.of());

  private static final Pattern PRINCIPAL =
      Pattern.compile("(arn:[^:]+:iam::[0-9]{12}:)(role/(?:.*/)?([^/]+)|user/.+)");
  private static final Pattern ASSUMED =
      Pattern.compile("(arn:[^:]+):sts(::[0-9]{12}:)assumed-role/([^/]+)/.+");

  public IamRoles {
    Map<String, Set<ApiRole>> plain = new HashMap<>();
    byArn.forEach((arn, roles) -> plain.put(withoutPath(arn), Set.copyOf(roles)));
    byArn = Map.copyOf(plain);
  }

  static boolean isPrincipal(String arn) {
    return PRINCIPAL.matcher(arn).matches();
  }

  /**
   * @param caller the ARN by which API Gateway knows who calls: of a user, or of a role's session
   * @return nothing where nobody has said anything of it
   */
  public Set<ApiRole> of(String caller) {
    Matcher assumed = ASSUMED.matcher(caller);
    String arn =
        assumed.matches()
            ? assumed.group(1) + ":iam" + assumed.group(2) + "role/" + assumed.group(3)
            : caller;
    return byArn.getOrDefault(arn, Set.of());
  }

  private static String withoutPath(String arn) {
    Matcher principal = PRINCIPAL.matcher(arn);
    return principal.matches() && principal.group(3) != null
        ? principal.group(1) + "role/" + principal.group(3)
        : arn;
  }
}
