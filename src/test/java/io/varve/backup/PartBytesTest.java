package io.varve.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.mysql.SourceTable;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableName;
import io.varve.mysql.TableSelection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How large the parts of a table become, by the table's size. */
class PartBytesTest {

  private static final TableDefinition TABLE =
      new TableDefinition(
          new TableName("shop", "orders"),
          "InnoDB",
          null,
          List.of(),
          List.of("id"),
          "PRIMARY",
          "",
          List.of(),
          List.of());

  @ParameterizedTest(name = "{0} MiB of rows, parts of at most {1} KiB: {2} KiB")
  @CsvSource({
    "0,      32768, 4096", // no estimate
    "100,    32768, 4096",
    "511,    32768, 4096",
    "512,    32768, 8192",
    "600,    32768, 8192",
    "1024,   32768, 16384",
    "2048,   32768, 32768",
    "900000, 32768, 32768",
    "900000, 65536, 65536",
    "100000, 20480, 20480", // no power of two: what was asked for
    "900000, 64,    64",
    "0,      64,    64"
  })
  void aTableHasManyPartsButNoTinyOnes(long mebibytes, long mostKibibytes, long kibibytes) {
    BackupOptions options =
        new BackupOptions(TableSelection.ALL, 2, mostKibibytes << 10, 1, Optional.empty());

    assertThat(options.partBytes(new SourceTable(TABLE, 1, mebibytes << 20)))
        .isEqualTo(kibibytes << 10);
  }
}
