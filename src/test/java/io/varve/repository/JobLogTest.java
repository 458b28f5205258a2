package io.varve.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.testing.TestRepository;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What jobs have told of themselves, kept beside their requests. */
class JobLogTest {

  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

  private final TestRepository repository;

  JobLogTest(@TempDir Path folder) {
    repository = TestRepository.in(folder);
  }

  @AfterEach
  void close() {
    repository.close();
  }

  private static JobLog.Line line(String text) {
    return new JobLog.Line(NOON, JobLog.INFO, text);
  }

  private List<String> texts(String job) {
    return repository.source().log(job).stream().map(JobLog.Line::text).toList();
  }

  @Test
  void whatIsToldLaterComesAfterWhatIsKept() {
    repository.source().addToLog("nightly", List.of(line("one"), line("two")));
    repository.source().addToLog("nightly", List.of(line("three")));
    assertThat(texts("nightly")).containsExactly("one", "two", "three");
    assertThat(texts("another")).isEmpty();
    assertThat(texts("no/name")).isEmpty();
  }

  @Test
  void itStaysSmall() {
    String long0 = "x".repeat(100_000);
    for (int i = 0; i < 3; i++) {
      repository
          .source()
          .addToLog(
              "nightly",
              IntStream.range(i * 500, i * 500 + 500)
                  .mapToObj(number -> line(number + long0))
                  .toList());
    }
    List<String> kept = texts("nightly");
    assertThat(kept).hasSize(JobLog.MOST_LINES);
    assertThat(kept.getFirst()).startsWith("500x");
    assertThat(kept.getLast()).startsWith("1499x").hasSizeLessThan(5_000);
  }

  @Test
  void itIsNothingForeignAndGoesWithItsRequest() {
    Request.open(
        repository.source(), "nightly", "backup", "0", Json.tree(List.of()), Clock.systemUTC());
    repository.source().addToLog("nightly", List.of(line("one")));
    assertThat(repository.source().inventory().foreign()).isEmpty();
    assertThat(repository.source().requestTimes()).containsOnlyKeys("nightly");
    List<ListedJob> jobs = repository.source().jobs();
    assertThat(jobs).hasSize(1);
    jobs.forEach(repository.source()::delete);
    assertThat(texts("nightly")).isEmpty();
    assertThat(repository.source().requestNames()).isEmpty();
  }
}
