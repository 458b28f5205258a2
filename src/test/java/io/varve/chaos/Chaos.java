package io.varve.chaos;

import static io.varve.chaos.Command.BACKUP_WITH_DEADLINE;
import static io.varve.chaos.Command.DIFF;
import static io.varve.chaos.Command.FULL_BACKUP;
import static io.varve.chaos.Command.INCREMENTAL_BACKUP;
import static io.varve.chaos.Command.PRUNE;
import static io.varve.chaos.Command.RESTORE_CREATE;
import static io.varve.chaos.Command.RESTORE_DIFF;
import static io.varve.chaos.Command.RESTORE_REPLACE;
import static io.varve.chaos.Command.SYNC;
import static io.varve.chaos.Command.VERIFY;
import static io.varve.chaos.Command.VERIFY_DATA;

import io.varve.chaos.Run.Plan;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The order of things: steps by chance, in which commands run in bad weather and most of them are
 * killed; every few steps a time of peace, in which all that was left undone has to come right; and
 * in the end days that pass. The same seed gives the same commands, weather and shares of time;
 * what they meet depends on the machine's speed.
 */
final class Chaos implements AutoCloseable {

  private static final int FIRST_BACKUPS = 3;
  private static final int STEPS_BETWEEN_PEACE = 12;

  /** What may run in a step, two side by side; what is there more often comes more often. */
  private static final List<List<Command>> STEPS =
      List.of(
          List.of(FULL_BACKUP),
          List.of(FULL_BACKUP),
          List.of(INCREMENTAL_BACKUP),
          List.of(INCREMENTAL_BACKUP),
          List.of(BACKUP_WITH_DEADLINE),
          List.of(BACKUP_WITH_DEADLINE),
          List.of(RESTORE_CREATE),
          List.of(RESTORE_CREATE),
          List.of(RESTORE_REPLACE),
          List.of(RESTORE_DIFF),
          List.of(RESTORE_DIFF),
          List.of(DIFF),
          List.of(SYNC),
          List.of(SYNC),
          List.of(PRUNE),
          List.of(PRUNE),
          List.of(VERIFY),
          List.of(VERIFY_DATA),
          List.of(FULL_BACKUP, FULL_BACKUP),
          List.of(INCREMENTAL_BACKUP, FULL_BACKUP),
          List.of(INCREMENTAL_BACKUP, PRUNE),
          List.of(FULL_BACKUP, PRUNE),
          List.of(RESTORE_CREATE, PRUNE),
          List.of(RESTORE_DIFF, PRUNE),
          List.of(SYNC, PRUNE),
          List.of(VERIFY_DATA, PRUNE),
          List.of(PRUNE, PRUNE));

  private final Random random;
  private final World world;

  Chaos(long seed) throws SQLException {
    this.random = new Random(seed);
    this.world = new World(random);
  }

  /** All that was done so far, a line for each step. */
  List<String> story() {
    return world.story();
  }

  void run(int kills) {
    for (int i = 0; i < FIRST_BACKUPS; i++) {
      world.run(plans(List.of(FULL_BACKUP))); // so that the making of the repository is killed too
    }
    peace();
    for (int step = 1; world.kills() < kills; step++) {
      world.run(plans(STEPS.get(random.nextInt(STEPS.size()))));
      if (step % STEPS_BETWEEN_PEACE == 0) {
        peace();
      }
    }
    peace();
    world.letDaysPass();
  }

  private List<Plan> plans(List<Command> commands) {
    return commands.stream().map(command -> Plan.any(command, random)).toList();
  }

  /** Whatever was killed before: now each command succeeds, and leaves what it should. */
  private void peace() {
    @Nullable Command unfinished = world.unfinishedRestore();
    if (unfinished != null) {
      world.run(List.of(Plan.undisturbed(unfinished, random)));
    }
    for (Command command :
        List.of(
            random.nextBoolean() ? FULL_BACKUP : INCREMENTAL_BACKUP, SYNC, PRUNE, VERIFY_DATA)) {
      world.run(List.of(Plan.undisturbed(command, random)));
    }
    world.requireNothingUnaccountedFor();
    world.requireThatAllBackupsRestore();
  }

  @Override
  public void close() {
    world.close();
  }
}
