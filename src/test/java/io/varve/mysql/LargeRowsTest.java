package io.varve.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** Rows wait for each other where all of them would be too much. */
class LargeRowsTest {

  private static final int MEGABYTE = 1 << 20;

  private final LargeRows rows = new LargeRows(10L * MEGABYTE);

  @Test
  void thoseThatFitTheBudgetTogetherDoNotWait() {
    LargeRows.Loan one = rows.borrow(2 * MEGABYTE);
    LargeRows.Loan other = rows.borrow(2 * MEGABYTE);
    assertThat(one.array()).hasSize(2 * MEGABYTE).isNotSameAs(other.array());
  }

  @Test
  void oneThatDoesNotFitWaitsForTheOthers() throws Exception {
    LargeRows.Loan one = rows.borrow(4 * MEGABYTE);
    CompletableFuture<LargeRows.Loan> waiting =
        CompletableFuture.supplyAsync(() -> rows.borrow(2 * MEGABYTE));
    Assertions.assertThatThrownBy(() -> waiting.get(300, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    byte[] array = one.array();
    one.close();
    assertThat(waiting.get(10, TimeUnit.SECONDS).array()).isSameAs(array);
  }

  @Test
  void oneThatExceedsTheBudgetIsAloneAndCanGrow() throws Exception {
    LargeRows.Loan large = rows.borrow(40 * MEGABYTE);
    assertThat(large.grow(41 * MEGABYTE)).hasSize(41 * MEGABYTE);
    CompletableFuture<LargeRows.Loan> waiting =
        CompletableFuture.supplyAsync(() -> rows.borrow(MEGABYTE));
    Assertions.assertThatThrownBy(() -> waiting.get(300, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    large.close();
    waiting.get(10, TimeUnit.SECONDS).close();
  }
}
