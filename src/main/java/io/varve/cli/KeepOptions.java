package io.varve.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.varve.retention.RetentionPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which backups stay. */
final class KeepOptions {

  @Option(names = "--keep-last", paramLabel = "N", description = "the newest so many")
  int last;

  @Option(names = "--keep-hourly", paramLabel = "N", description = "one of each of so many hours")
  int hourly;

  @Option(names = "--keep-daily", paramLabel = "N", description = "one of each of so many days")
  int daily;

  @Option(names = "--keep-weekly", paramLabel = "N", description = "one of each of so many weeks")
  int weekly;

  @Option(names = "--keep-monthly", paramLabel = "N", description = "one of each of so many months")
  int monthly;

  @Option(names = "--keep-yearly", paramLabel = "N", description = "one of each of so many years")
  int yearly;

  @Option(
      names = "--keep-within",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      description = "all that are at most so much older than the newest: 36h, 30d, 8w, 1y")
  @Nullable Duration within;

  @Option(
      names = "--keep-tag",
      paramLabel = "TAG",
      description = "all that have this tag; repeatable")
  List<String> tags = List.of();

  RetentionPolicy policy(CommandSpec command) {
    if (last < 0 || hourly < 0 || daily < 0 || weekly < 0 || monthly < 0 || yearly < 0) {
      throw new ParameterException(command.commandLine(), "--keep-... must not be below 0");
    }
    return new RetentionPolicy(
        last,
        hourly,
        daily,
        weekly,
        monthly,
        yearly,
        Optional.ofNullable(within),
        Set.copyOf(tags));
  }

  /** The same as the field {@code keep} of an event. */
  ObjectNode fields() {
    ObjectNode keep = JsonNodeFactory.instance.objectNode();
    put(keep, "last", last);
    put(keep, "hourly", hourly);
    put(keep, "daily", daily);
    put(keep, "weekly", weekly);
    put(keep, "monthly", monthly);
    put(keep, "yearly", yearly);
    if (within != null) {
      keep.put("within", within.toSeconds() + "s");
    }
    if (!tags.isEmpty()) {
      tags.forEach(keep.putArray("tags")::add);
    }
    return keep;
  }

  private static void put(ObjectNode keep, String name, int number) {
    if (number > 0) {
      keep.put(name, number);
    }
  }
}
