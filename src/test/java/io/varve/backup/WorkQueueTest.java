package io.varve.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.Workers;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Work that is made while others work is done by whoever is free, and all of it. */
@Timeout(60)
class WorkQueueTest {

  @Test
  void workersShareWhatOneOfThemMakes() {
    WorkQueue<Integer> queue = new WorkQueue<>(List.of(10_000));
    AtomicInteger done = new AtomicInteger();
    AtomicInteger pieces = new AtomicInteger();
    Workers.each(
        IntStream.range(0, 4).boxed().toList(),
        worker -> {
          for (Integer work = queue.take(); work != null; work = queue.take()) {
            while (work == 10_000 && !queue.isShort()) {
              Thread.onSpinWait(); // until the others have come
            }
            int left = work;
            while (left > 0) {
              done.incrementAndGet();
              left--;
              if (left > 1 && queue.isShort()) {
                queue.add(left / 2);
                pieces.incrementAndGet();
                left -= left / 2;
              }
            }
            queue.done();
          }
        });
    assertThat(done).hasValue(10_000);
    assertThat(pieces.get()).isPositive();
  }

  @Test
  void aWorkerThatFailsEndsThoseThatWait() {
    WorkQueue<Integer> queue = new WorkQueue<>(List.of(1));
    assertThatThrownBy(
            () ->
                Workers.each(
                    List.of(1, 2, 3),
                    worker -> {
                      if (queue.take() != null) {
                        throw new IllegalArgumentException("of the work");
                      }
                    }))
        .hasMessage("of the work");
  }
}
