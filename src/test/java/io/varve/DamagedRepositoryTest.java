package io.varve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.backup.BackupReport;
import io.varve.repository.PartEntry;
import io.varve.testing.Numbers;
import io.varve.testing.RepositoryFiles;
import io.varve.testing.TestRepository;
import io.varve.testing.TestSchema;
import io.varve.testing.TestServer;
import io.varve.verify.Damage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is not as it was written is found, named, and not loaded. */
class DamagedRepositoryTest {

  private static final int ROWS = 3_000;

  private final TestServer server = TestServer.shared();
  private final TestSchema schema = server.freshSchema();
  private final TestSchema copy = server.freshSchema();
  private final RepositoryFiles files;
  private final TestRepository repository;
  private final BackupReport backup;

  DamagedRepositoryTest(@TempDir Path folder) {
    files = new RepositoryFiles(folder);
    schema.execute(
        "CREATE TABLE t (id INT PRIMARY KEY, v CHAR(40) NOT NULL) ENGINE=InnoDB",
        "INSERT INTO t SELECT n, LEFT(SHA2(n, 256), 40) FROM " + Numbers.below(ROWS));
    repository = TestRepository.in(folder);
    backup = repository.backup(server, TestRepository.of(schema.name()));
  }

  @BeforeEach
  void isSoundAtFirst() {
    assertThat(repository.verify(100).damages()).isEmpty();
  }

  @AfterEach
  void close() {
    repository.close();
    schema.close();
    copy.close();
  }

  @Test
  void anAlteredPartIsNamedAndNotLoaded() throws IOException {
    PartEntry part = part(3);
    files.flipBit(part);
    assertThat(repository.verify(0).damages()).isEmpty(); // its size is right
    isFound(part, "SHA-256");
    isNotLoaded(part, "SHA-256");
  }

  @Test
  void aTruncatedPartIsNamedAndNotLoaded() throws IOException {
    PartEntry part = part(2);
    files.truncate(part);
    assertThat(repository.verify(0).damages()).extracting(Damage::key).containsExactly(part.key());
    isFound(part, "bytes");
    isNotLoaded(part, "bytes");
  }

  @Test
  void aMissingPartIsNamedAndNotLoaded() throws IOException {
    PartEntry part = part(1);
    files.delete(part);
    assertThat(repository.verify(0).damages()).extracting(Damage::key).containsExactly(part.key());
    isFound(part, "missing");
    isNotLoaded(part, "missing");
  }

  @Test
  void aPartSwappedWithAnotherIsNamedAndNotLoaded() throws IOException {
    PartEntry part = part(4);
    Files.copy(files.file(part(5)), files.file(part), StandardCopyOption.REPLACE_EXISTING);
    assertThat(repository.verify(100).damages())
        .extracting(Damage::key)
        .containsExactly(part.key());
    isNotLoaded(part, "");
  }

  private void isFound(PartEntry part, String reason) {
    List<Damage> damages = repository.verify(100).damages();
    assertThat(damages).extracting(Damage::key).containsExactly(part.key());
    assertThat(damages.getFirst().reason()).contains(reason);
    assertThat(damages.getFirst().table()).isEqualTo(schema.name() + ".t");
  }

  private void isNotLoaded(PartEntry part, String reason) {
    assertThatThrownBy(
            () ->
                repository.restore(
                    server, backup, TestRepository.renaming(schema.name(), copy.name())))
        .isInstanceOf(DamageFoundException.class)
        .hasMessageContaining(part.key())
        .hasMessageContaining(reason)
        .hasMessageContaining("Take another backup");
    // rows are in key order over the parts, so those of one part lie together
    long before =
        repository.manifest(backup).tables().getFirst().parts().stream()
            .takeWhile(other -> !other.key().equals(part.key()))
            .mapToLong(PartEntry::rows)
            .sum();
    assertThat(
            server.value(
                "SELECT COUNT(*) FROM %s.t WHERE id >= %d AND id < %d"
                    .formatted(copy.name(), before, before + part.rows())))
        .isEqualTo("0");
  }

  @Test
  void aManifestThatIsNotJsonIsRefused() throws IOException {
    edit(text -> text.substring(0, text.length() / 2));
    isRefused(DamageFoundException.class, "not JSON");
  }

  @Test
  void aManifestOfANewerFormatIsRefused() throws IOException {
    edit(text -> text.replaceFirst("\"format\"\\s*:\\s*1", "\"format\":2"));
    isRefused(InvalidRequestException.class, "newer", "Use a newer version");
  }

  @Test
  void aManifestThatPointsOutsideOfTheRepositoryIsRefused() throws IOException {
    edit(text -> text.replace(part(0).key(), "test/parts/../../../etc/passwd"));
    files.forgeSummary(backup.id());
    isRefused(DamageFoundException.class, "outside");
  }

  @Test
  void aManifestThatNamesAnotherSourcesObjectIsRefused() throws IOException {
    edit(text -> text.replace(part(0).key(), part(0).key().replaceFirst("test/", "other/")));
    files.forgeSummary(backup.id());
    isRefused(DamageFoundException.class, "outside");
  }

  @Test
  void anEditedManifestIsRefused() throws IOException {
    edit(text -> text.replaceFirst("\"toolVersion\"\\s*:\\s*\"", "\"toolVersion\":\"9"));
    isRefused(DamageFoundException.class, "summary differs");
  }

  private void isRefused(Class<? extends VarveException> type, String... texts) {
    var restoring =
        assertThatThrownBy(
                () ->
                    repository.restore(
                        server, backup, TestRepository.renaming(schema.name(), copy.name())))
            .isInstanceOf(type)
            .hasMessageContaining(manifest());
    for (String text : texts) {
      restoring.hasMessageContaining(text);
    }
    assertThat(server.rows("SHOW TABLES FROM " + copy.name())).isEmpty();
  }

  private String manifest() {
    return "test/manifests/" + backup.id() + ".json";
  }

  private void edit(UnaryOperator<String> change) throws IOException {
    Path file = files.manifest(backup.id());
    String before = Files.readString(file, StandardCharsets.UTF_8);
    String after = change.apply(before);
    assertThat(after).isNotEqualTo(before);
    Files.writeString(file, after);
  }

  private PartEntry part(int number) {
    return repository.manifest(backup).tables().getFirst().parts().get(number);
  }
}
