package io.varve.chaos;

import io.varve.testing.CommandLineChild;
import io.varve.testing.EmbeddedS3;
import io.varve.testing.FaultyProxy;
import io.varve.testing.TestServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A command line in a process of its own, with a way of its own to the store. */
final class Run implements AutoCloseable {

  /** One that takes longer hangs: the lease of a dead run ends in a minute. */
  private static final Duration LONGEST = Duration.ofMinutes(4);

  private final Plan plan;
  private final Extent usual;
  private final FaultyProxy store;
  private final CommandLineChild child;

  /**
   * What is to run, and what is to happen to it.
   *
   * @param seed of what else is left to chance
   */
  record Plan(Command command, Weather weather, Moment moment, long seed) {

    static Plan any(Command command, Random random) {
      return new Plan(command, Weather.any(random), Moment.any(random), random.nextLong());
    }

    static Plan undisturbed(Command command, Random random) {
      return new Plan(command, Weather.CALM, Moment.NEVER, random.nextLong());
    }

    boolean isUndisturbed() {
      return weather == Weather.CALM && moment.equals(Moment.NEVER);
    }

    @Override
    public String toString() {
      return command + " (" + weather + ") " + moment;
    }
  }

  /** How long a run takes from its first request to the store, and how many it makes. */
  record Extent(Duration time, int requests) {}

  /**
   * What became of a run.
   *
   * @param exitCode has no meaning where it was killed
   */
  record Outcome(Plan plan, boolean killed, int exitCode, Extent extent, String text) {

    boolean succeeded() {
      return !killed && exitCode == 0;
    }

    @Override
    public String toString() {
      return "%s after %d requests and %d ms"
          .formatted(
              killed ? "killed" : "exit code " + exitCode,
              extent.requests(),
              extent.time().toMillis());
    }
  }

  private Run(Plan plan, Extent usual, FaultyProxy store, CommandLineChild child) {
    this.plan = plan;
    this.usual = usual;
    this.store = store;
    this.child = child;
  }

  /**
   * @param usual how long such a run takes when nothing ends it
   */
  static Run start(
      Plan plan, List<String> arguments, Extent usual, TestServer server, EmbeddedS3 s3) {
    FaultyProxy store = FaultyProxy.before(s3.endpoint());
    Map<String, String> environment =
        Map.of(
            "AWS_ENDPOINT_URL_S3", store.endpoint().toString(),
            "AWS_ACCESS_KEY_ID", s3.credentials().accessKey(),
            "AWS_SECRET_ACCESS_KEY", s3.credentials().secretKey(),
            "AWS_REGION", "us-east-1",
            "VARVE_PARALLEL", "2");
    CommandLineChild child =
        CommandLineChild.start(server, environment, arguments.toArray(String[]::new));
    Run run = new Run(plan, usual, store, child);
    run.killAtRequest();
    plan.weather().over(store, new Random(plan.seed()));
    return run;
  }

  private void killAtRequest() {
    int before = (int) (plan.moment().share() * usual.requests());
    FaultyProxy.Rule rule = store.on(FaultyProxy.any()).after(before).times(1);
    switch (plan.moment().kind()) {
      case BEFORE_A_REQUEST -> rule.passOnAfter(child::kill);
      case AFTER_A_REQUEST -> rule.passOnBefore(child::kill);
      case NEVER, TIME -> {}
    }
  }

  /** Waits for the end, and brings it about where that is meant. */
  Outcome end() {
    // its time begins when it has something to do, not with the start of a virtual machine
    while (store.requests().isEmpty() && !child.endsWithin(Duration.ofMillis(2))) {
      Thread.onSpinWait();
    }
    long begin = System.nanoTime();
    if (plan.moment().kind() == Moment.Kind.TIME) {
      long nanos = (long) (plan.moment().share() * usual.time().toNanos());
      if (!child.endsWithin(Duration.ofNanos(nanos))) {
        child.kill();
      }
    }
    if (!child.endsWithin(LONGEST)) {
      throw new AssertionError(plan + " hangs. It has said:\n" + child.text());
    }
    Extent extent =
        new Extent(Duration.ofNanos(System.nanoTime() - begin), store.requests().size());
    return new Outcome(plan, child.wasKilled(), child.await(), extent, child.text());
  }

  @Override
  public void close() {
    child.close();
    store.close();
  }
}
