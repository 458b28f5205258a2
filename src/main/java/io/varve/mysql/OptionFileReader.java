package io.varve.mysql;

import io.varve.InvalidRequestException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The grammar of option files, as the clients' own reader (mysys/my_default.c) has it: groups,
 * quoted values, escapes, comments anywhere, includes.
 */
final class OptionFileReader {

  private static final int DEEPEST_INCLUDE = 10;
  private static final Set<String> IGNORED_BUT_SAID = Set.of("socket", "protocol");

  private final Set<String> groups;
  private final Map<String, String> options = new LinkedHashMap<>();
  private final List<String> warnings = new ArrayList<>();

  OptionFileReader(Set<String> groups) {
    this.groups = groups;
  }

  OptionFile result() {
    return new OptionFile(options, warnings);
  }

  void read(Path file) {
    read(file, 0);
  }

  private void read(Path file, int depth) {
    Set<PosixFilePermission> permissions = permissions(file);
    if (permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
      warnings.add(
          "The option file "
              + file
              + " is ignored, as the MySQL clients do: everybody can write it.");
      return;
    }
    boolean isOurs = false;
    boolean hasPassword = false;
    int number = 0;
    for (String raw : lines(file)) {
      number++;
      String line = raw.strip();
      if (line.isEmpty() || line.startsWith("#") || line.startsWith(";")) {
        continue;
      }
      if (line.startsWith("!")) {
        include(line, file, depth);
      } else if (line.startsWith("[")) {
        isOurs = groups.contains(group(line, file, number));
      } else if (isOurs) {
        hasPassword |= option(line);
      }
    }
    if (hasPassword && permissions.contains(PosixFilePermission.OTHERS_READ)) {
      warnings.add(
          "The option file " + file + " holds a password and everybody can read it: chmod 600 it.");
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (MalformedInputException notText) {
      throw unreadable(file, "it is not text in UTF-8", notText);
    } catch (IOException failed) {
      throw unreadable(file, why(failed), failed);
    }
  }

  private static Set<PosixFilePermission> permissions(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.getPosixFilePermissions(file) : Set.of();
    } catch (UnsupportedOperationException noPermissionsHere) {
      return Set.of();
    } catch (IOException failed) {
      throw unreadable(file, why(failed), failed);
    }
  }

  private static String group(String line, Path file, int number) {
    int end = line.indexOf(']');
    if (end < 0) {
      throw unreadable(file, "line " + number + " opens a group and does not close it", null);
    }
    return line.substring(1, end).strip().toLowerCase(Locale.ROOT);
  }

  private void include(String line, Path file, int depth) {
    if (depth >= DEEPEST_INCLUDE) {
      warnings.add("The option file " + file + " includes too deeply; the rest is not read.");
      return;
    }
    // The clients take such paths from the working directory; beside the file is what people mean.
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      return;
    }
    if (line.startsWith("!includedir")) {
      Path included = directory.resolve(line.substring("!includedir".length()).strip());
      for (Path inner : optionFilesIn(included)) {
        read(inner, depth + 1);
      }
    } else if (line.startsWith("!include")) {
      Path included = directory.resolve(line.substring("!include".length()).strip());
      read(included, depth + 1);
    }
  }

  private static List<Path> optionFilesIn(Path directory) {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.cnf")) {
      found.forEach(files::add);
    } catch (IOException failed) {
      throw unreadable(directory, why(failed), failed);
    }
    files.sort(null);
    return files;
  }

  /** Takes one option; says whether it is a password. */
  private boolean option(String line) {
    String text = withoutComment(line);
    int equals = text.indexOf('=');
    String name =
        (equals < 0 ? text : text.substring(0, equals))
            .strip()
            .toLowerCase(Locale.ROOT)
            .replace('_', '-');
    if (name.startsWith("loose-")) {
      name = name.substring("loose-".length());
    }
    String value = equals < 0 ? "" : unescape(unquote(text.substring(equals + 1).strip()));
    if (IGNORED_BUT_SAID.contains(name)) {
      warnings.add("The option " + name + " is passed over: connections are made over TCP only.");
      return false;
    }
    options.put(name, value);
    return name.equals("password") && !value.isEmpty();
  }

  // A # begins a comment anywhere but within quotes.
  private static String withoutComment(String line) {
    char quote = 0;
    boolean escaped = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if ((c == '\'' || c == '"') && !escaped) {
        quote = quote == 0 ? c : quote == c ? 0 : quote;
      }
      if (quote == 0 && c == '#') {
        return line.substring(0, i).stripTrailing();
      }
      escaped = quote != 0 && c == '\\' && !escaped;
    }
    return line;
  }

  private static String unquote(String value) {
    if (value.length() < 2) {
      return value;
    }
    char first = value.charAt(0);
    boolean quoted = (first == '\'' || first == '"') && value.charAt(value.length() - 1) == first;
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  private static String unescape(String value) {
    StringBuilder plain = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c != '\\' || i + 1 == value.length()) {
        plain.append(c);
        continue;
      }
      char next = value.charAt(++i);
      switch (next) {
        case 'n' -> plain.append('\n');
        case 't' -> plain.append('\t');
        case 'r' -> plain.append('\r');
        case 'b' -> plain.append('\b');
        case 's' -> plain.append(' ');
        case '"', '\'', '\\' -> plain.append(next);
        default -> plain.append('\\').append(next);
      }
    }
    return plain.toString();
  }

  private static String why(IOException failed) {
    return failed instanceof NoSuchFileException
        ? "there is no such file"
        : "it cannot be read (" + failed.getClass().getSimpleName() + ")";
  }

  private static InvalidRequestException unreadable(
      Path file, String reason, @Nullable Throwable cause) {
    return new InvalidRequestException(
        "read the option file",
        file.toString(),
        reason,
        "Name a readable file in the form of ~/.my.cnf, or none.",
        cause);
  }
}
