package io.varve.cli;

import io.varve.Version;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The manual page, section 1, in the macros of man(7): made from the same descriptions as the help,
 * so that it says the same.
 */
final class ManPage {

  private final StringBuilder page = new StringBuilder();

  private ManPage() {}

  /** Of a command and all that are below it. */
  static String of(CommandSpec root) {
    ManPage page = new ManPage();
    String name = root.name();
    // without a date, so that the same program always gives the same page
    page.macro("TH", name.toUpperCase(Locale.ROOT), "1", "", name + " " + Version.current(), "");
    page.macro("SH", "NAME");
    page.line(escaped(name) + " \\- " + escaped(summary(root)));
    page.macro("SH", "SYNOPSIS");
    page.line("\\fB" + escaped(name) + "\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR...]");
    page.macro("SH", "DESCRIPTION");
    page.text(root.usageMessage().description());
    page.examples(root.usageMessage().footer());
    page.macro("SH", "COMMANDS");
    page.commands(root);
    return page.page.toString();
  }

  private static String summary(CommandSpec command) {
    return Arrays.stream(command.usageMessage().description())
        .map(ManPage::plain)
        .collect(Collectors.joining(" "))
        .replaceFirst("[.]$", "");
  }

  private void commands(CommandSpec group) {
    for (CommandLine each : group.subcommands().values()) {
      CommandSpec command = each.getCommandSpec();
      macro("SS", command.qualifiedName());
      text(command.usageMessage().description());
      command.positionalParameters().forEach(this::parameter);
      command.options().stream().filter(option -> !option.hidden()).forEach(this::option);
      examples(command.usageMessage().footer());
      commands(command);
    }
  }

  private void option(OptionSpec option) {
    boolean takesValue = option.arity().max() > 0;
    boolean needsValue = option.arity().min() > 0;
    String label = "=\\fI" + escaped(option.paramLabel()) + "\\fR";
    argument(
        option,
        Arrays.stream(option.names())
                .map(name -> "\\fB" + escaped(name) + "\\fR")
                .collect(Collectors.joining(", "))
            + (needsValue ? label : takesValue ? "[" + label + "]" : ""));
  }

  private void parameter(PositionalParamSpec parameter) {
    argument(parameter, "\\fI" + escaped(parameter.paramLabel()) + "\\fR");
  }

  private void argument(ArgSpec argument, String head) {
    macro("TP");
    line(head);
    text(argument.description());
  }

  /** Lines that run on; an empty one begins a new paragraph. */
  private void text(String... lines) {
    for (String line : lines) {
      for (String part : plain(line).split("\\R", -1)) {
        if (part.isBlank()) {
          macro("PP");
        } else {
          line(escaped(part.strip()));
        }
      }
    }
  }

  /** Paragraphs run on; lines that begin with a space, or end in a colon, stay as they are. */
  private void examples(String... footer) {
    List<String> verbatim = new ArrayList<>();
    for (String line : footer) {
      String plain = plain(line);
      if (plain.startsWith(" ")) {
        verbatim.add(plain);
        continue;
      }
      verbatim(verbatim);
      if (plain.isBlank()) {
        macro("PP");
      } else {
        line(escaped(plain));
      }
    }
    verbatim(verbatim);
  }

  private void verbatim(List<String> lines) {
    if (!lines.isEmpty()) {
      macro("PP");
      macro("nf");
      lines.forEach(line -> line(escaped(line)));
      macro("fi");
      lines.clear();
    }
  }

  private static String plain(String description) {
    return Ansi.OFF.string(description.replace("%n", "\n").replace("%%", "%"));
  }

  /** What roff takes for commands, and what typesetters make of hyphens and quotes. */
  private static String escaped(String text) {
    String safe =
        text.replace("\\", "\\e")
            .replace("-", "\\-")
            .replace("'", "\\(aq")
            .replace("`", "\\(ga")
            .replace("^", "\\(ha")
            .replace("~", "\\(ti");
    return safe.startsWith(".") ? "\\&" + safe : safe;
  }

  private void macro(String name, String... arguments) {
    line(
        "."
            + name
            + Arrays.stream(arguments)
                .map(text -> " \"" + escaped(text).replace("\"", "\\(dq") + "\"")
                .collect(Collectors.joining()));
  }

  private void line(String line) {
    page.append(line).append('\n');
  }
}
