package io.varve.check;

import java.util.List;

/**
 * What was found out about a source, a target or a store.
 *
 * @param what {@code source}, {@code target} or {@code store}
 * @param location its address
 * @param statements that an administrator can run to give what is missing
 */
public record CheckReport(
    String what, String location, List<Finding> findings, List<String> statements) {

  public CheckReport {
    findings = List.copyOf(findings);
    statements = List.copyOf(statements);
  }

  /** Whether anything was found of that verdict. */
  public boolean has(Finding.Verdict verdict) {
    return findings.stream().anyMatch(finding -> finding.verdict() == verdict);
  }
}
