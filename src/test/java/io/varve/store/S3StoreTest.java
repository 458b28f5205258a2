package io.varve.store;

import io.varve.testing.EmbeddedS3;
import java.util.Set;

/** On the embedded server, or on the one that VARVE_TEST_S3_ENDPOINT names. */
class S3StoreTest extends S3Contract {

  private static final Set<String> WEAKNESSES_OF_S3MOCK =
      Set.of("order beyond the basic plane", "back\\slash");

  @Override
  EmbeddedS3 server() {
    return EmbeddedS3.shared();
  }

  @Override
  boolean knownToFail(String what) {
    return server().isMock() && WEAKNESSES_OF_S3MOCK.contains(what);
  }

  /** S3Mock's time for a put grows with the number of objects: two pages take it seconds. */
  @Override
  int manyObjects() {
    return server().isMock() ? 1200 : super.manyObjects();
  }
}
