package io.varve;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.backup.BackupReport;
import io.varve.mysql.KeyRange;
import io.varve.mysql.Target;
import io.varve.mysql.TargetReader;
import io.varve.mysql.Throttle;
import io.varve.repository.TableEntry;
import io.varve.restore.RestoreReport;
import io.varve.testing.Dump;
import io.varve.testing.SchemaContents;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.testing.TypeMatrix;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No bit of any value of any type changes: judged by HEX(), SHOW CREATE and the dump tool. */
class TypesTest {

  private final TestServer server = TestServer.shared();

  static List<TypeMatrix> families() {
    return TypeMatrix.of(TestServer.shared());
  }

  @ParameterizedTest
  @MethodSource("families")
  void everyValueComesBack(TypeMatrix family, @TempDir Path folder) {
    try (TestSchema schema = server.freshSchema();
        TestSchema copy = server.freshSchema();
        TestRepository repository = TestRepository.in(folder)) {
      family.fill(schema);
      BackupReport backup = repository.backup(server, TestRepository.of(schema.name()));
      assertSourceAgrees(repository.manifest(backup).tables());
      RestoreReport restored =
          repository.restore(server, backup, TestRepository.renaming(schema.name(), copy.name()));
      assertThat(restored.verified()).isTrue();
      SchemaContents original = SchemaContents.of(server, schema.name());
      SchemaContents found = SchemaContents.of(server, copy.name());
      assertThat(found.rows()).isEqualTo(original.rows());
      assertThat(found.definitions()).isEqualTo(original.definitions());
      assertThat(Dump.of(server, copy.name())).isEqualTo(Dump.of(server, schema.name()));
    }
  }

  /** What this client hashed while it read is what the source's own SQL makes of the rows. */
  private void assertSourceAgrees(List<TableEntry> tables) {
    try (Target source = Target.connect(TestRepository.settings(server), Target.BinaryLog.ON);
        TargetReader reader = source.reader(Throttle.NONE)) {
      for (TableEntry table : tables) {
        assertThat(reader.tables().checksum(table.definition(), KeyRange.ALL))
            .as(table.definition().create())
            .isEqualTo(table.checksum());
      }
    }
  }
}
