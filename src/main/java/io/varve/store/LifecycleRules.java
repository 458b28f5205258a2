package io.varve.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.s3.model.ExpirationStatus;
import software.amazon.awssdk.services.s3.model.LifecycleExpiration;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.LifecycleRuleFilter;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.model.TransitionStorageClass;

/**
 * Finds the rules of a bucket that would take objects away by their age: an incremental backup
 * names parts of any age, so such a rule destroys young backups.
 */
final class LifecycleRules {

  private static final Set<TransitionStorageClass> NOT_READABLE_AT_ONCE =
      Set.of(TransitionStorageClass.GLACIER, TransitionStorageClass.DEEP_ARCHIVE);

  private LifecycleRules() {}

  /** What the first harmful rule does, in words; empty where there is none. */
  static Optional<String> harm(List<LifecycleRule> rules, String keyPrefix) {
    return rules.stream()
        .filter(rule -> rule.status() == ExpirationStatus.ENABLED)
        .filter(rule -> touches(rule, keyPrefix))
        .flatMap(rule -> harm(rule).stream())
        .findFirst();
  }

  private static Optional<String> harm(LifecycleRule rule) {
    String name = rule.id() == null ? "a lifecycle rule" : "lifecycle rule '" + rule.id() + "'";
    LifecycleExpiration expiration = rule.expiration();
    if (expiration != null && expiration.days() != null) {
      return Optional.of(name + " deletes objects after " + expiration.days() + " days");
    }
    if (expiration != null && expiration.date() != null) {
      return Optional.of(name + " deletes objects on " + expiration.date());
    }
    return rule.transitions().stream()
        .filter(transition -> NOT_READABLE_AT_ONCE.contains(transition.storageClass()))
        .map(
            transition ->
                name
                    + " moves objects to "
                    + transition.storageClassAsString()
                    + ", from where they cannot be read at once")
        .findFirst();
  }

  /** Varve tags no object, so a rule that asks for a tag does not touch it. */
  private static boolean touches(LifecycleRule rule, String keyPrefix) {
    if (!tags(rule).isEmpty()) {
      return false;
    }
    String prefix = prefix(rule);
    return keyPrefix.startsWith(prefix) || prefix.startsWith(keyPrefix);
  }

  private static List<Tag> tags(LifecycleRule rule) {
    LifecycleRuleFilter filter = rule.filter();
    if (filter == null) {
      return List.of();
    }
    List<Tag> tags = new ArrayList<>();
    if (filter.tag() != null) {
      tags.add(filter.tag());
    }
    if (filter.and() != null) {
      tags.addAll(filter.and().tags());
    }
    return tags;
  }

  @SuppressWarnings("deprecation") // rules of before 2016 carry the prefix themselves
  private static String prefix(LifecycleRule rule) {
    LifecycleRuleFilter filter = rule.filter();
    if (filter != null && filter.and() != null && filter.and().prefix() != null) {
      return filter.and().prefix();
    }
    if (filter != null && filter.prefix() != null) {
      return filter.prefix();
    }
    return rule.prefix() == null ? "" : rule.prefix();
  }
}
