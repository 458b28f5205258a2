package io.varve.repository;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * What {@code request.json} says: what was asked for under a name, and how far that is. It is
 * replaced as it goes on, each time under the condition that nobody else has done so.
 *
 * @param function that was called
 * @param eventSha256 of what was asked for, without token and name
 * @param state {@code running}, {@code ending}: the answer is there, and the restore's ledger may
 *     still be; or {@code done}
 * @param call the number of the newest call: how often it was answered to call again
 * @param backup that it makes, or restores
 * @param mark where the newest call has stopped, in the words of what it did
 * @param ledgerSchema where the ledger of an ending restore lies
 * @param ledger what it says there
 * @param answer when it is ending or done
 * @param revision grows with each replacement
 * @param writer unique to who wrote it
 */
public record RequestEntry(
    int format,
    String function,
    String eventSha256,
    String state,
    int call,
    @Nullable BackupId backup,
    @Nullable String mark,
    @Nullable String ledgerSchema,
    @Nullable String ledger,
    @Nullable JsonNode answer,
    int revision,
    String writer) {

  static final String RUNNING = "running";
  static final String ENDING = "ending";
  static final String DONE = "done";

  public RequestEntry {
    requireNonNull(function, "function");
    requireNonNull(eventSha256, "eventSha256");
    requireNonNull(state, "state");
    requireNonNull(writer, "writer");
  }

  static RequestEntry first(String function, String eventSha256, String writer) {
    return new RequestEntry(
        Repository.FORMAT,
        function,
        eventSha256,
        RUNNING,
        0,
        null,
        null,
        null,
        null,
        null,
        0,
        writer);
  }

  boolean isOf(String otherFunction, String otherSha256) {
    return function.equals(otherFunction) && eventSha256.equals(otherSha256);
  }

  RequestEntry called(int newCall, String newMark) {
    return next(RUNNING, newCall, backup, newMark, null, null, null);
  }

  RequestEntry using(BackupId newBackup) {
    return next(RUNNING, call, newBackup, mark, null, null, null);
  }

  RequestEntry ending(String schema, String newLedger, JsonNode newAnswer) {
    return next(ENDING, call, backup, null, schema, newLedger, newAnswer);
  }

  RequestEntry done(JsonNode newAnswer) {
    return next(DONE, call, backup, null, null, null, newAnswer);
  }

  private RequestEntry next(
      String newState,
      int newCall,
      @Nullable BackupId newBackup,
      @Nullable String newMark,
      @Nullable String newLedgerSchema,
      @Nullable String newLedger,
      @Nullable JsonNode newAnswer) {
    return new RequestEntry(
        format,
        function,
        eventSha256,
        newState,
        newCall,
        newBackup,
        newMark,
        newLedgerSchema,
        newLedger,
        newAnswer,
        revision + 1,
        writer);
  }

  RequestEntry by(String newWriter) {
    return new RequestEntry(
        format,
        function,
        eventSha256,
        state,
        call,
        backup,
        mark,
        ledgerSchema,
        ledger,
        answer,
        revision,
        newWriter);
  }
}
