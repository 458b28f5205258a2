package io.varve.mysql;

import io.varve.MemoryBudget;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Memory for rows that are too large for each reader to hold one at the same time. Readers take
 * turns: together they hold no more than a budget, or one row that exceeds it. A row is counted
 * twice, for what becomes of it takes as much again. Arrays are used again. Thread-safe.
 */
final class LargeRows {

  /** A row up to here may lie in any reader's memory at any time. */
  static final int LARGE_BYTES = 1 << 20;

  private static final long MOST_BUDGET_BYTES = 64L << 20;

  private final MemoryBudget budget;
  private final Deque<byte[]> arrays = new ArrayDeque<>();

  /** With as large a budget as this process can spare. */
  LargeRows() {
    this(Math.min(MOST_BUDGET_BYTES, Runtime.getRuntime().maxMemory() / 8));
  }

  LargeRows(long budgetBytes) {
    budget = new MemoryBudget(budgetBytes);
  }

  /** Memory for one row, until it is closed. Not thread-safe. */
  final class Loan implements AutoCloseable {

    private final MemoryBudget.Share share;
    private byte[] array;

    private Loan(MemoryBudget.Share share, byte[] array) {
      this.share = share;
      this.array = array;
    }

    byte[] array() {
      return array;
    }

    /** A longer array; does not wait, since nobody may wait who holds some. */
    byte[] grow(int bytes) {
      array = LargeRows.this.array(bytes);
      return array;
    }

    @Override
    public void close() {
      synchronized (arrays) {
        arrays.push(array);
      }
      share.giveBack();
    }
  }

  /** Waits until there is room for a row of so many bytes. */
  Loan borrow(int bytes) {
    return new Loan(budget.take(2L * bytes), array(bytes));
  }

  private byte[] array(int bytes) {
    synchronized (arrays) {
      for (Iterator<byte[]> each = arrays.iterator(); each.hasNext(); ) {
        byte[] array = each.next();
        if (array.length >= bytes) {
          each.remove();
          return array;
        }
      }
      arrays.clear(); // too short, and nothing is to be kept beyond the budget
    }
    return new byte[bytes];
  }
}
