package io.varve.chaos;

import static org.assertj.core.api.Assertions.fail;

import java.sql.SQLException;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Run by {@code make chaos} alone: see docs/crash-safety.md. */
@Tag("chaos")
class ChaosTest {

  private final long seed = Long.getLong("varve.chaos.seed", new Random().nextInt(1_000_000));
  private final int kills = Integer.getInteger("varve.chaos.kills", 30);

  @Test
  void whateverIsKilledNothingIsLostAndNothingStaysOpen() throws SQLException {
    System.out.println(again());
    try (Chaos chaos = new Chaos(seed)) {
      try {
        chaos.run(kills);
      } catch (RuntimeException | AssertionError failed) {
        // the seed last, where the end of a long log is looked at
        String story = String.join("\n", chaos.story());
        fail("What was done:\n" + story + "\n" + failed.getMessage() + "\n" + again(), failed);
      }
    }
  }

  private String again() {
    return "The same commands again: make chaos SEED=%d KILLS=%d".formatted(seed, kills);
  }
}
