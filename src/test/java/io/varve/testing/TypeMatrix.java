package io.varve.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The types and values that tests back up and restore, read from {@code src/test/resources/types}.
 *
 * @param family the file's name
 */
public record TypeMatrix(String family, List<Line> lines) {

  private static final Path FOLDER = Path.of("src/test/resources/types");
  private static final Pattern SERVER = Pattern.compile("(@mysql|@mariadb)(?:-(\\d+)\\.(\\d+))?");
  private static final Set<String> MARKS = Set.of("@key", "@alone", "@stays");

  /**
   * A column and its values.
   *
   * @param values SQL expressions
   */
  public record Line(Set<String> marks, String type, List<String> values) {

    boolean isKey() {
      return marks.contains("@key");
    }

    /** Whether a server of the other flavour has no such type, or not of such values. */
    public boolean stays() {
      return marks.contains("@stays");
    }

    private boolean isOf(TestServer server) {
      String flavour = server.isMariaDb() ? "@mariadb" : "@mysql";
      return marks.stream()
          .map(SERVER::matcher)
          .filter(Matcher::matches)
          .allMatch(
              mark ->
                  mark.group(1).equals(flavour)
                      && (mark.group(2) == null || isAtLeast(server, mark)));
    }

    private static boolean isAtLeast(TestServer server, Matcher mark) {
      String[] version = server.version().split("[.-]");
      int major = Integer.compare(Integer.parseInt(version[0]), Integer.parseInt(mark.group(2)));
      return major > 0
          || (major == 0 && Integer.parseInt(version[1]) >= Integer.parseInt(mark.group(3)));
    }

    private boolean takesNull() {
      return !isKey() && !type.contains("NOT NULL");
    }
  }

  /** All files, with the lines that are of a server's flavour. */
  public static List<TypeMatrix> of(TestServer server) {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .filter(file -> file.toString().endsWith(".txt"))
          .sorted()
          .map(file -> read(file, server))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TypeMatrix read(Path file, TestServer server) {
    try {
      return new TypeMatrix(
          file.getFileName().toString(),
          Files.readAllLines(file, StandardCharsets.UTF_8).stream()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(TypeMatrix::parse)
              .filter(line -> line.isOf(server))
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Line parse(String line) {
    List<String> fields = new ArrayList<>(Arrays.asList(line.split(" +\\| +")));
    Set<String> marks = new HashSet<>();
    String type = fields.removeFirst();
    while (type.startsWith("@")) {
      String mark = type.substring(0, type.indexOf(' '));
      if (!MARKS.contains(mark) && !SERVER.matcher(mark).matches()) {
        throw new IllegalArgumentException(mark + " is no mark, in: " + line);
      }
      marks.add(mark);
      type = type.substring(mark.length()).strip();
    }
    if (fields.isEmpty()) {
      throw new IllegalArgumentException("no value in: " + line);
    }
    return new Line(marks, type, List.copyOf(fields));
  }

  /** Some of the lines. */
  public TypeMatrix only(Predicate<Line> wanted) {
    return new TypeMatrix(family, lines.stream().filter(wanted).toList());
  }

  /** Makes a table of each line, and one of all columns. */
  public void fill(TestSchema schema) {
    List<String> statements = new ArrayList<>();
    statements.add("SET SESSION sql_mode='ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO'");
    statements.add("SET SESSION time_zone='+00:00', character_set_connection=utf8mb4");
    List<Line> together = new ArrayList<>();
    for (Line line : lines) {
      String table = "t%03d".formatted(lines.indexOf(line));
      String key = line.isKey() ? " PRIMARY KEY" : "";
      statements.add(
          "CREATE TABLE "
              + table
              + " ("
              + (line.isKey() ? "" : "id INT PRIMARY KEY, ")
              + "v "
              + line.type()
              + key
              + ") ENGINE=InnoDB");
      List<String> values = new ArrayList<>(line.values());
      if (line.takesNull()) {
        values.add("NULL");
      }
      for (int i = 0; i < values.size(); i++) {
        statements.add(
            "INSERT INTO "
                + table
                + " VALUES ("
                + (line.isKey() ? "" : i + ", ")
                + values.get(i)
                + ")");
      }
      if (line.takesNull() && !line.marks().contains("@alone")) {
        together.add(line);
      }
    }
    statements.addAll(allInOne(together));
    schema.execute(statements.toArray(String[]::new));
  }

  private static List<String> allInOne(List<Line> lines) {
    StringBuilder create = new StringBuilder("CREATE TABLE together (id INT PRIMARY KEY");
    int rows = 1;
    for (Line line : lines) {
      create.append(", c").append(lines.indexOf(line)).append(' ').append(line.type());
      rows = Math.max(rows, line.values().size() + 1);
    }
    List<String> statements = new ArrayList<>();
    statements.add(create.append(") ENGINE=InnoDB").toString());
    for (int row = 0; row < rows; row++) {
      StringBuilder insert = new StringBuilder("INSERT INTO together VALUES (" + row);
      for (Line line : lines) {
        int value = row % (line.values().size() + 1);
        insert.append(", ").append(value == 0 ? "NULL" : line.values().get(value - 1));
      }
      statements.add(insert.append(')').toString());
    }
    return statements;
  }

  @Override
  public String toString() {
    return family;
  }
}
