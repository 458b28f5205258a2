package io.varve.function;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.job.JobKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/functions.md. */
class FunctionsDocsTest {

  private static final Pattern EXAMPLE =
      Pattern.compile("^```json ([a-z-]+)\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);

  private final String page = Files.readString(Path.of("docs", "functions.md"));

  FunctionsDocsTest() throws IOException {}

  @Test
  void everyExampleIsOfItsSchemaAndEveryEventIsRead() {
    List<MatchResult> examples = EXAMPLE.matcher(page).results().toList();
    Set<String> seen = new HashSet<>();
    for (MatchResult example : examples) {
      FunctionsSchema.require(example.group(1), Outcome.tree(example.group(2)));
      seen.add(example.group(1));
    }
    for (JobKind function : JobKind.values()) {
      assertThat(seen).contains(function.word() + "-event");
    }
  }

  @Test
  void everyFunctionAndEveryErrorIsThere() {
    Arrays.stream(JobKind.values())
        .forEach(function -> assertThat(page).contains("| `" + function.word() + "` "));
    assertThat(page)
        .contains(
            "`" + io.varve.RetryLaterException.class.getName() + "`",
            "`" + io.varve.CommitStateUnknownException.class.getName() + "`",
            "`" + io.varve.InvalidRequestException.class.getName() + "`",
            "`" + io.varve.DamageFoundException.class.getName() + "`",
            "`" + DefectException.class.getName() + "`");
  }
}
