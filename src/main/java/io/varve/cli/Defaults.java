package io.varve.cli;

import io.varve.InvalidRequestException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Where options come from that are not on the command line: {@code --part-size} from {@code
 * VARVE_PART_SIZE}, else from the line {@code part-size=} of the configuration file.
 */
final class Defaults implements IDefaultValueProvider {

  private final Map<String, String> environment;
  private final Properties file;

  private Defaults(Map<String, String> environment, Properties file) {
    this.environment = environment;
    this.file = file;
  }

  /**
   * Reads the configuration file, if {@code --config} or {@code VARVE_CONFIG} names one.
   *
   * @throws InvalidRequestException if it cannot be read, or has a line for an option that no
   *     command has
   */
  static Defaults of(Map<String, String> environment, String... args) {
    if (ServeCommand.isMeant(args)) {
      return new Defaults(environment, new Properties()); // its configuration is a document
    }
    String path = environment.get("VARVE_CONFIG");
    for (int i = 0; i < args.length; i++) {
      if (args[i].startsWith("--config=")) {
        path = args[i].substring("--config=".length());
      } else if (args[i].equals("--config") && i + 1 < args.length) {
        path = args[i + 1];
      }
    }
    if (path == null || StatusCommand.isMeant(args) && StatusCommand.isDocument(path)) {
      return new Defaults(environment, new Properties());
    }
    return new Defaults(environment, read(Path.of(path)));
  }

  private static Properties read(Path path) {
    Properties file = new Properties();
    try (Reader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
      file.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidRequestException(
          "read the configuration file",
          path.toString(),
          e instanceof IOException
              ? "it cannot be read"
              : "a line has another form than name=value",
          "It is a properties file: one option a line, as in store=s3://bucket/prefix.",
          e);
    }
    Set<String> unknown = new TreeSet<>(file.stringPropertyNames());
    unknown.removeAll(names());
    if (!unknown.isEmpty()) {
      throw new InvalidRequestException(
          "use the configuration file",
          path.toString(),
          "no command has the option " + String.join(", ", unknown),
          "Write options as in varve backup --help, without the dashes.");
    }
    return file;
  }

  private static Set<String> names() {
    Set<String> names = new TreeSet<>();
    addNames(new CommandLine(new VarveCommand()), names);
    return names;
  }

  private static void addNames(CommandLine group, Set<String> names) {
    for (CommandLine command : group.getSubcommands().values()) {
      for (OptionSpec option : command.getCommandSpec().options()) {
        names.add(option.longestName().replaceFirst("^--", ""));
      }
      addNames(command, names);
    }
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
      return null;
    }
    String name = option.longestName().replaceFirst("^--", "");
    String variable = "VARVE_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
    String value = environment.get(variable);
    return value != null && !value.isEmpty() ? value : file.getProperty(name);
  }
}
