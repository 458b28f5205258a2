package io.varve.repository;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * That a restore of several processes is verified. It is put while its ledger is still there.
 *
 * @param report as it is printed
 * @param ledgerSchema where the ledger lies
 * @param ledger what it says there
 */
public record LoadEnd(int format, JsonNode report, String ledgerSchema, String ledger) {

  public LoadEnd {
    requireNonNull(report, "report");
    requireNonNull(ledgerSchema, "ledgerSchema");
    requireNonNull(ledger, "ledger");
  }
}
