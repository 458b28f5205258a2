package io.varve.repository;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What {@code request.json} says: what was asked for under a name, and how far that is. It is
 * replaced as it goes on, each time under the condition that nobody else has done so.
 *
 * @param function that was called
 * @param eventSha256 of what was asked for, without token and name
 * @param fields what was asked for; null where an earlier version has written it
 * @param askedAt null where an earlier version has written it
 * @param state how far it is
 * @param call the number of the newest call: how often it was answered to call again
 * @param backup that it makes, or restores
 * @param mark what a call has noted for the next, in the words of what it did: where it stopped, or
 *     what it calls its own
 * @param ledgerSchema where the ledger of an ending restore lies
 * @param ledger what it says there
 * @param answer when it is ending or done
 * @param failure why it has failed
 * @param changedAt when it was last replaced; null where an earlier version has written it
 * @param revision grows with each replacement
 * @param writer unique to who wrote it
 */
public record RequestEntry(
    int format,
    String function,
    String eventSha256,
    @Nullable JsonNode fields,
    @Nullable Instant askedAt,
    String state,
    int call,
    @Nullable BackupId backup,
    @Nullable String mark,
    @Nullable String ledgerSchema,
    @Nullable String ledger,
    @Nullable JsonNode answer,
    @Nullable FailureEntry failure,
    @Nullable Instant changedAt,
    int revision,
    String writer) {

  /** It is worked on, or will be. */
  public static final String RUNNING = "running";

  /** The answer is there, and the restore's ledger may still be. */
  public static final String ENDING = "ending";

  public static final String DONE = "done";

  /** Something has to change first. Asked for again, it goes on. */
  public static final String FAILED = "failed";

  /** Nobody goes on with it. */
  public static final String CANCELED = "canceled";

  public RequestEntry {
    requireNonNull(function, "function");
    requireNonNull(eventSha256, "eventSha256");
    requireNonNull(state, "state");
    requireNonNull(writer, "writer");
  }

  static RequestEntry first(
      String function, String eventSha256, JsonNode fields, Instant now, String writer) {
    return new RequestEntry(
        Repository.FORMAT,
        function,
        eventSha256,
        fields,
        now,
        RUNNING,
        0,
        null,
        null,
        null,
        null,
        null,
        null,
        now,
        0,
        writer);
  }

  boolean isOf(String otherFunction, String otherSha256) {
    return function.equals(otherFunction) && eventSha256.equals(otherSha256);
  }

  /** Whether somebody is at work on it, or has to be. */
  @JsonIgnore
  public boolean isOpen() {
    return isOpen(state);
  }

  /** Whether of something in that state somebody is at work on it, or has to be. */
  public static boolean isOpen(String state) {
    return state.equals(RUNNING) || state.equals(ENDING);
  }

  RequestEntry called(int newCall, String newMark) {
    return next(RUNNING, newCall, backup, newMark, null, null, null, null);
  }

  RequestEntry using(BackupId newBackup) {
    return next(RUNNING, call, newBackup, mark, null, null, null, null);
  }

  RequestEntry marked(String newMark) {
    return next(RUNNING, call, backup, newMark, null, null, null, null);
  }

  RequestEntry ending(String schema, String newLedger, JsonNode newAnswer) {
    return next(ENDING, call, backup, mark, schema, newLedger, newAnswer, null);
  }

  RequestEntry done(JsonNode newAnswer) {
    return next(DONE, call, backup, null, null, null, newAnswer, null);
  }

  RequestEntry failed(FailureEntry why) {
    return next(FAILED, call, backup, mark, ledgerSchema, ledger, answer, why);
  }

  RequestEntry again() {
    String open = ledger == null ? RUNNING : ENDING;
    return next(open, call, backup, mark, ledgerSchema, ledger, answer, null);
  }

  RequestEntry canceled() {
    return next(CANCELED, call, backup, mark, ledgerSchema, ledger, answer, null);
  }

  private RequestEntry next(
      String newState,
      int newCall,
      @Nullable BackupId newBackup,
      @Nullable String newMark,
      @Nullable String newLedgerSchema,
      @Nullable String newLedger,
      @Nullable JsonNode newAnswer,
      @Nullable FailureEntry newFailure) {
    return new RequestEntry(
        format,
        function,
        eventSha256,
        fields,
        askedAt,
        newState,
        newCall,
        newBackup,
        newMark,
        newLedgerSchema,
        newLedger,
        newAnswer,
        newFailure,
        changedAt,
        revision + 1,
        writer);
  }

  RequestEntry by(String newWriter, Instant now) {
    return new RequestEntry(
        format,
        function,
        eventSha256,
        fields,
        askedAt,
        state,
        call,
        backup,
        mark,
        ledgerSchema,
        ledger,
        answer,
        failure,
        now,
        revision,
        newWriter);
  }
}
