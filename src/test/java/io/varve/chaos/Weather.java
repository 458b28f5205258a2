package io.varve.chaos;

import io.varve.testing.FaultyProxy;
import io.varve.testing.FaultyProxy.Request;
import java.time.Duration;
import java.util.Random;
import java.util.function.Predicate;

/** What a store does to a run. None of it lasts, so that a run that is not killed can succeed. */
enum Weather {
  CALM {
    @Override
    void over(FaultyProxy store, Random random) {}
  },

  /** 500 and 503. */
  ERRORS {
    @Override
    void over(FaultyProxy store, Random random) {
      store.on(sometimes(random, 0.05)).answer(500);
      store.on(sometimes(random, 0.05)).answer(503);
    }
  },

  SLOW {
    @Override
    void over(FaultyProxy store, Random random) {
      store.on(sometimes(random, 0.1)).delay(Duration.ofMillis(200));
    }
  },

  /** Connections end before the request, or within the answer. */
  CUTS {
    @Override
    void over(FaultyProxy store, Random random) {
      store.on(sometimes(random, 0.05)).drop();
      store.on(FaultyProxy.method("GET").and(sometimes(random, 0.05))).truncate(100);
    }
  },

  /** What is put or deleted has been, and nobody is told. */
  LOST_ANSWERS {
    @Override
    void over(FaultyProxy store, Random random) {
      store.on(FaultyProxy.method("GET").negate().and(sometimes(random, 0.1))).loseAnswer();
    }
  },

  /** The store is away, for as long as some requests take. */
  OUTAGE {
    @Override
    void over(FaultyProxy store, Random random) {
      store.on(FaultyProxy.any()).after(random.nextInt(60)).times(8).answer(503);
    }
  };

  /** Lets it come over a store that one run alone talks to. */
  abstract void over(FaultyProxy store, Random random);

  /** Half of the runs have none. */
  static Weather any(Random random) {
    Weather[] all = values();
    return random.nextBoolean() ? CALM : all[1 + random.nextInt(all.length - 1)];
  }

  private static Predicate<Request> sometimes(Random random, double share) {
    return request -> random.nextDouble() < share;
  }
}
