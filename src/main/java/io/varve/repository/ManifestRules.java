package io.varve.repository;

import io.varve.DamageFoundException;
import io.varve.InvalidRequestException;
import io.varve.codec.RowChecksum;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What must hold of a manifest before anything that it says is used. */
final class ManifestRules {

  private ManifestRules() {}

  static void require(Manifest manifest, BackupId id, String source, String where) {
    if (!manifest.checksumAlgorithm().equals(RowChecksum.ALGORITHM)) {
      throw new InvalidRequestException(
          "read",
          where,
          "its checksums are " + manifest.checksumAlgorithm() + ", which this version cannot make",
          "Use a newer version of varve.");
    }
    if (!manifest.encryption().equals("none")) {
      throw new InvalidRequestException(
          "read",
          where,
          "its parts are encrypted by " + manifest.encryption(),
          "Use a version of varve that decrypts.");
    }
    check(
        Set.of("mysql", "mariadb").contains(manifest.server().flavour()),
        where,
        "it is of a server that is neither mysql nor mariadb");
    check(manifest.id().equals(id) && manifest.source().equals(source), where, "it is of another");
    for (TableEntry table : manifest.tables()) {
      String name = "table " + table.definition().name();
      check(
          table.definitionHash().equals(table.definition().hash()),
          where,
          name + " has another definition than its hash says");
      check(
          table.rows() == table.checksum().rows(),
          where,
          "the parts of " + name + " do not add up");
      PartEntry before = null;
      for (PartEntry part : table.parts()) {
        check(
            part.key().startsWith(Layout.parts(source))
                && !List.of(part.key().split("/")).contains(".."),
            where,
            name + " names an object outside of its source: a manifest may not");
        check(
            Layout.isNamedBy(part.key(), part.sha256()),
            where,
            name + " names a part by another hash than its SHA-256");
        check(
            Objects.equals(part.lower(), before == null ? null : before.upper())
                || !table.definition().hasRangeKey(),
            where,
            "the ranges of " + name + " have a gap");
        before = part;
      }
      check(
          before == null || before.upper() == null,
          where,
          "the ranges of " + name + " do not reach its end");
    }
    check(
        Totals.of(manifest.tables(), manifest.totals().seconds()).equals(manifest.totals()),
        where,
        "its tables do not add up to its totals");
  }

  private static void check(boolean holds, String where, String reason) {
    if (!holds) {
      throw new DamageFoundException(
          "trust",
          where,
          reason,
          "Take another backup (varve list shows them), and find out what wrote to the store.");
    }
  }
}
