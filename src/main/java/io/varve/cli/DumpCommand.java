package io.varve.cli;

import io.varve.InvalidRequestException;
import io.varve.codec.PartDecoder;
import io.varve.codec.StoredBytes;
import io.varve.mysql.Column;
import io.varve.repository.Job;
import io.varve.repository.Manifest;
import io.varve.repository.PartEntry;
import io.varve.repository.Repository;
import io.varve.repository.SourceRepository;
import io.varve.repository.TableEntry;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code varve dump}. */
@Command(
    name = "dump",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Writes the rows of a table to standard output, as LOAD DATA reads them: tabs between fields,",
      "a newline after each row, \\N for NULL. Each part is verified before its rows are written."
    },
    footer = {"", "Example:", "  varve dump latest shop.orders --store s3://bucket/backups | head"})
final class DumpCommand implements Callable<Integer> {

  /** What Linux, macOS and Windows say when the reader has gone: it has read enough. */
  private static final List<String> CLOSED_PIPES = List.of("Broken pipe", "pipe is being closed");

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "ID", description = "an id, latest, or a time")
  String which = "";

  @Parameters(index = "1", paramLabel = "TABLE", description = "schema.table")
  String table = "";

  @Option(names = "--header", description = "the names of the columns first")
  boolean header;

  @Mixin StoreOptions store = new StoreOptions();

  @Override
  public Integer call() {
    try (Repository repository = store.open()) {
      SourceRepository source = store.source(repository);
      Manifest manifest = source.manifest(source.resolve(which));
      TableEntry entry = entry(manifest);
      Optional<Job> job =
          Job.usingWherePossible(
              source,
              "dump",
              manifest.id(),
              Clock.systemUTC(),
              spec.commandLine().getErr()::println);
      try {
        write(source, entry);
        job.ifPresent(Job::done);
      } catch (RuntimeException | Error failed) {
        job.ifPresent(started -> started.failed(failed));
        throw failed;
      }
    }
    return 0;
  }

  private TableEntry entry(Manifest manifest) {
    return manifest.tables().stream()
        .filter(each -> each.definition().name().toString().equals(table))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidRequestException(
                    "dump",
                    "table " + table,
                    "backup " + manifest.id() + " has no such table",
                    "varve show " + manifest.id() + " lists its tables."));
  }

  /** Past System.out, which keeps quiet about a disk that is full, and reads on for nobody. */
  private void write(SourceRepository source, TableEntry entry) {
    try (OutputStream out = new FileOutputStream(FileDescriptor.out)) {
      if (header) {
        String names =
            entry.definition().columns().stream()
                .map(Column::name)
                .collect(Collectors.joining("\t", "", "\n"));
        out.write(names.getBytes(StandardCharsets.UTF_8));
      }
      StoredBytes stored = new StoredBytes();
      for (PartEntry part : entry.parts()) {
        source.readPart(part, stored);
        try (InputStream text = PartDecoder.text(stored)) {
          text.transferTo(out);
        }
      }
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage());
      if (CLOSED_PIPES.stream().noneMatch(reason::contains)) {
        throw new InvalidRequestException(
            "write the rows of",
            "table " + table,
            reason,
            "What was written so far is not the whole table: make room, or write elsewhere.");
      }
    }
  }
}
