package io.varve;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.mysql.SnapshotWay;
import io.varve.mysql.TableSelection;
import io.varve.testing.Bank;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Writers go on while a backup runs, and what is restored is one instant. */
class BankTransferTest {

  private static final int ACCOUNTS = 8_000;

  static Stream<SnapshotWay> ways() {
    return TestServer.shared().isMariaDb()
        ? Stream.of(SnapshotWay.BINLOG_STATUS, SnapshotWay.LOCK_TABLES, SnapshotWay.SINGLE)
        : Stream.of(SnapshotWay.GTID, SnapshotWay.LOCK_TABLES, SnapshotWay.SINGLE);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void noMoneyIsLostOrMadeInTheCopy(SnapshotWay way, @TempDir Path folder) throws Exception {
    TestServer server = TestServer.shared();
    try (TestRepository repository = TestRepository.in(folder);
        TestSchema bank = server.freshSchema();
        TestSchema copy = server.freshSchema()) {
      Bank accounts = Bank.open(bank, ACCOUNTS);
      BackupReport backup;
      try (Bank.Transfers transfers = accounts.transfers()) {
        transfers.await(50);
        long before = transfers.count();
        BackupOptions options =
            new BackupOptions(
                new TableSelection(List.of(bank.name()), List.of()),
                4,
                8 << 10,
                1,
                Optional.of(way));
        backup = repository.backup(server, options);
        assertThat(transfers.count()).as("transfers during the backup").isGreaterThan(before + 10);
      }
      assertThat(backup.consistency().snapshot()).isEqualTo(way.toString());
      repository.restore(server, backup, TestRepository.renaming(bank.name(), copy.name()));
      accounts.requireOneInstant(copy);
    }
  }
}
