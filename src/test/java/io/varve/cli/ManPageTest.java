package io.varve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.varve.testing.CommandLineRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The manual page says all that the help says, in roff that typesets. */
class ManPageTest {

  private final String page = CommandLineRun.of("generate-man").out();

  @Test
  void everyCommandAndOptionIsThere() {
    String plain = page.replace("\\-", "-").replaceAll("\\\\f[BIR]", "");
    assertThat(plain).startsWith(".TH \"VARVE\" \"1\"").doesNotContain("${", "@|", "%n");
    requireAll(new CommandLine(new VarveCommand()), plain);
    assertThat(plain).contains("Exit codes: 0 done", "varve remote backup");
  }

  private static void requireAll(CommandLine group, String plain) {
    for (CommandLine command : group.getSubcommands().values()) {
      String head = ".SS \"" + command.getCommandSpec().qualifiedName() + "\"\n";
      assertThat(plain).contains(head);
      String section = plain.substring(plain.indexOf(head) + head.length());
      int end = section.indexOf("\n.SS ");
      assertThat(end < 0 ? section : section.substring(0, end))
          .contains(
              command.getCommandSpec().options().stream().map(OptionSpec::longestName).toList());
      requireAll(command, plain);
    }
  }

  @Test
  void itIsTypesetWithoutAWarning(@TempDir Path folder) throws IOException {
    List<String> groff = List.of("groff", "-man", "-Tutf8", "-ww");
    assumeTrue(isThere("groff"), "groff is not there");
    Path file = Files.writeString(folder.resolve("varve.1"), page);
    Path shown = folder.resolve("shown");
    Path warnings = folder.resolve("warnings");
    Process process =
        new ProcessBuilder(groff)
            .redirectInput(file.toFile())
            .redirectOutput(shown.toFile())
            .redirectError(warnings.toFile())
            .start();
    assertThat(process.onExit().join().exitValue()).isZero();
    assertThat(Files.readString(warnings)).isEmpty();
    assertThat(new String(Files.readAllBytes(shown), StandardCharsets.UTF_8))
        .contains(
            "varve backup --store s3://bucket/backups --source mysql://backup@db.example.com");
  }

  private static boolean isThere(String program) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
