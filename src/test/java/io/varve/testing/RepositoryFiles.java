package io.varve.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.varve.repository.BackupId;
import io.varve.repository.Lease;
import io.varve.repository.PartEntry;
import io.varve.store.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;

/** The files of a repository in a folder, to be harmed past Varve's own code. */
public record RepositoryFiles(Path folder) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The file of an object. */
  public Path file(String key) {
    return folder.resolve(key.replace("%", "%25"));
  }

  public Path file(PartEntry part) {
    return file(part.key());
  }

  public Path manifest(BackupId id) {
    return file(TestRepository.SOURCE + "/manifests/" + id + ".json");
  }

  public Path summary(BackupId id) {
    return file(TestRepository.SOURCE + "/summaries/" + id + ".json");
  }

  public void delete(PartEntry part) throws IOException {
    Files.delete(file(part));
  }

  public void truncate(PartEntry part) throws IOException {
    byte[] bytes = Files.readAllBytes(file(part));
    Files.write(file(part), Arrays.copyOf(bytes, bytes.length - 7));
  }

  /** Its size stays. */
  public void flipBit(PartEntry part) throws IOException {
    byte[] bytes = Files.readAllBytes(file(part));
    bytes[bytes.length / 2] ^= 1;
    Files.write(file(part), bytes);
  }

  /** Each gets the other's content. */
  public void swap(PartEntry one, PartEntry other) throws IOException {
    byte[] bytes = Files.readAllBytes(file(one));
    Files.write(file(one), Files.readAllBytes(file(other)));
    Files.write(file(other), bytes);
  }

  /** Lets the lease run out, by the clock of this store: the time of the file. */
  public void letLeaseRunOut() throws IOException {
    Path lease = file(TestRepository.SOURCE + "/lease.json");
    if (Files.exists(lease)) {
      Files.setLastModifiedTime(
          lease, FileTime.from(Instant.now().minus(Lease.LENGTH.multipliedBy(2))));
    }
  }

  /** Edits a manifest, whose summary then shows that. */
  public void edit(BackupId id, Consumer<ObjectNode> change) throws IOException {
    ObjectNode manifest = (ObjectNode) JSON.readTree(manifest(id).toFile());
    ObjectNode before = manifest.deepCopy();
    change.accept(manifest);
    if (manifest.equals(before)) {
      throw new IllegalArgumentException("the edit changes nothing");
    }
    Files.write(manifest(id), JSON.writeValueAsBytes(manifest));
  }

  /** Makes a summary agree with a manifest that was edited, as one who knows the format would. */
  public void forgeSummary(BackupId id) throws IOException {
    byte[] manifest = Files.readAllBytes(manifest(id));
    ObjectNode summary = (ObjectNode) JSON.readTree(summary(id).toFile());
    summary.put("manifestBytes", manifest.length);
    summary.put("manifestSha256", HexFormat.of().formatHex(Sha256.of(manifest)));
    Files.write(summary(id), JSON.writeValueAsBytes(summary));
  }
}
