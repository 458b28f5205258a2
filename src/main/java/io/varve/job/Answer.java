package io.varve.job;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.varve.repository.Json;

/** What a function answers. */
final class Answer {

  private Answer() {}

  /**
   * It is done.
   *
   * @param report of what was done, a record
   */
  static ObjectNode done(String job, Object report) {
    ObjectNode answer = state("DONE", job);
    answer.setAll((ObjectNode) Json.tree(report));
    return answer;
  }

  /** The time is up: call again with the token. */
  static ObjectNode goesOn(Token token) {
    return state("CONTINUE", token.job()).put("token", token.toString());
  }

  private static ObjectNode state(String state, String job) {
    return JsonNodeFactory.instance.objectNode().put("state", state).put("job", job);
  }
}
