package io.varve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** docs/cli.md has the options that there are, and docs/configuration.md their variables. */
class DocsTest {

  private static final Path CLI = Path.of("docs", "cli.md");
  private static final Path CONFIGURATION = Path.of("docs", "configuration.md");

  private static final Pattern OPTION = Pattern.compile("--[a-z0-9][a-z0-9-]*");
  private static final Pattern VARIABLE = Pattern.compile("VARVE_[A-Z0-9_]+");

  /** Variables that are no options. */
  private static final Set<String> OTHER_VARIABLES =
      Set.of("VARVE_SOURCE_PASSWORD", "VARVE_TARGET_PASSWORD", "VARVE_TOKEN", "VARVE_JAVA_OPTS");

  /** Options that {@code docs/cli.md} has once, for all commands. */
  private static final Set<String> OF_ALL = Set.of("--help", "--version");

  @Test
  void everyCommandHasItsOptionsInTheTablesOfItsSection() throws IOException {
    Map<String, Set<String>> documented = new TreeMap<>();
    sections().forEach((command, text) -> documented.put(command, optionsInTables(text)));
    Map<String, Set<String>> existing = new TreeMap<>();
    commands().forEach((name, command) -> existing.put(name, options(command)));
    assertThat(documented).isEqualTo(existing);
  }

  @Test
  void noPageNamesAnOptionThatIsNot() throws IOException {
    Set<String> existing = new TreeSet<>(OF_ALL);
    commands().values().forEach(command -> existing.addAll(options(command)));
    for (Path page : new Path[] {CLI, CONFIGURATION, Path.of("README.md")}) {
      Set<String> named =
          Files.readString(page)
              .lines()
              .filter(line -> line.contains("varve ") || line.startsWith("|"))
              .flatMap(line -> matches(OPTION, line))
              .collect(Collectors.toCollection(TreeSet::new));
      assertThat(existing).as(page.toString()).containsAll(named);
    }
  }

  @Test
  void configurationHasAllVariables() throws IOException {
    Set<String> existing = new TreeSet<>(OTHER_VARIABLES);
    commands().values().stream()
        .map(DocsTest::options)
        .flatMap(Collection::stream)
        .map(option -> "VARVE_" + option.substring(2).toUpperCase(Locale.ROOT).replace('-', '_'))
        .forEach(existing::add);
    Set<String> documented =
        matches(VARIABLE, Files.readString(CONFIGURATION))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(documented).isEqualTo(existing);
  }

  @Test
  void everyExitCodeIsDocumented() throws IOException {
    String text = Files.readString(CLI);
    for (int code :
        new int[] {0, Failures.DEFECT, 2, 3, 4, 5, 6, Failures.NOT_WELL, Failures.INTERRUPTED}) {
      assertThat(text).containsPattern("(?m)^\\| " + code + " +\\|");
    }
  }

  private static Map<String, CommandLine> commands() {
    return new CommandLine(new VarveCommand()).getSubcommands();
  }

  /** Its own, and those of the commands below it, which its section has in one table. */
  private static Set<String> options(CommandLine command) {
    Stream<CommandLine> below = command.getSubcommands().values().stream();
    return Stream.concat(Stream.of(command), below)
        .flatMap(each -> each.getCommandSpec().options().stream())
        .map(OptionSpec::longestName)
        .filter(option -> !OF_ALL.contains(option))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The text of each {@code ## varve COMMAND}. */
  private static Map<String, String> sections() throws IOException {
    return Arrays.stream(Files.readString(CLI).split("(?m)^## "))
        .filter(section -> section.startsWith("varve "))
        .collect(
            Collectors.toMap(
                section -> section.lines().findFirst().orElseThrow().substring("varve ".length()),
                section -> section));
  }

  /** What begins the rows of tables: {@code | `--store STORE` | ...}. */
  private static Set<String> optionsInTables(String text) {
    return text.lines()
        .filter(line -> line.startsWith("| `--"))
        .map(line -> matches(OPTION, line).findFirst().orElseThrow())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<String> matches(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(MatchResult::group);
  }
}
