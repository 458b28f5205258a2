package io.varve.repository;

import com.fasterxml.jackson.databind.JsonNode;
import io.varve.InvalidRequestException;
import io.varve.RetryLaterException;
import io.varve.store.PutOutcome;
import io.varve.store.StoredObject;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Something that was asked for under a name, and is done once however often it is asked for. For
 * one call of it; each change is one request to the store, conditional on nobody else having made
 * one. Not thread-safe.
 */
public final class Request {

  private static final int MOST_RACES = 5;

  private final SourceRepository repository;
  private final String name;
  private final Clock clock;
  private final String writer = BackupId.random(12);
  private RequestEntry entry;
  private String version;

  private Request(
      SourceRepository repository, String name, RequestEntry entry, String version, Clock clock) {
    this.repository = repository;
    this.clock = clock;
    this.name = name;
    this.entry = entry;
    this.version = version;
  }

  /**
   * Notes a request, or reads what is known of it: two requests to the store at most.
   *
   * @param eventSha256 of what is asked for
   * @param fields what that is
   * @throws InvalidRequestException if something else was asked for under that name
   */
  public static Request open(
      SourceRepository repository,
      String name,
      String function,
      String eventSha256,
      JsonNode fields,
      Clock clock) {
    requireName(name);
    RequestEntry first =
        RequestEntry.first(function, eventSha256, fields, clock.instant(), BackupId.random(12));
    Optional<StoredObject> there = repository.readRequest(name);
    if (there.isEmpty()) {
      repository.putRequest(name, first, null); // where another was first, its own is read
    }
    return find(repository, name, function, eventSha256, clock)
        .orElseThrow(
            () ->
                new RetryLaterException(
                    "note",
                    subject(repository, name),
                    "it was put and is not there",
                    "Call it again."));
  }

  /**
   * Reads what is known of a request; empty where there is none. One request to the store.
   *
   * @throws InvalidRequestException if something else was asked for under that name
   */
  public static Optional<Request> find(
      SourceRepository repository, String name, String function, String eventSha256, Clock clock) {
    requireName(name);
    Optional<Request> found = find(repository, name, clock);
    if (found.isPresent() && !found.get().entry.isOf(function, eventSha256)) {
      throw new InvalidRequestException(
          "do",
          subject(repository, name),
          "the job of that name asked for something else",
          "Give the job another name, or call it with the event that it began with.");
    }
    return found;
  }

  /**
   * Reads what is known of something that was asked for, whatever it was; empty where there is
   * none. One request to the store.
   */
  public static Optional<Request> find(SourceRepository repository, String name, Clock clock) {
    return repository
        .readRequest(name)
        .map(
            object ->
                new Request(
                    repository,
                    name,
                    repository.parseRequest(object, name),
                    object.version(),
                    clock));
  }

  private static void requireName(String name) {
    if (!Layout.isRequestName(name)) {
      throw new InvalidRequestException(
          "use",
          "the name of the job",
          "it has other characters than letters, digits, dot, hyphen and underscore, begins with"
              + " another than a letter or digit, or is longer than 100",
          "Choose another name, or leave it out.");
    }
  }

  private static String subject(SourceRepository repository, String name) {
    return "job " + name + " of " + repository.location();
  }

  public String name() {
    return name;
  }

  /** For messages. */
  public String subject() {
    return subject(repository, name);
  }

  /** How often it was answered to call again. */
  public int call() {
    return entry.call();
  }

  /** The answer, once it is done. */
  public Optional<JsonNode> answer() {
    return Optional.ofNullable(entry.answer());
  }

  /** The backup that it makes or restores, once it has been chosen. */
  public Optional<BackupId> backup() {
    return Optional.ofNullable(entry.backup());
  }

  /** What a call before this one has noted, such as where it stopped. */
  public Optional<String> mark() {
    return Optional.ofNullable(entry.mark());
  }

  /**
   * Of a restore whose answer is there, and whose ledger may still be.
   *
   * @param schema where it lies
   * @param binding what it says
   */
  public record LeftLedger(String schema, String binding) {}

  /** What a restore may have left that died at its very end. */
  public Optional<LeftLedger> leftLedger() {
    String schema = entry.ledgerSchema();
    String ledger = entry.ledger();
    return schema == null || ledger == null
        ? Optional.empty()
        : Optional.of(new LeftLedger(schema, ledger));
  }

  /**
   * Takes the lease of it, and reads again what is known: another call may have been at work until
   * now.
   *
   * @param patience how long to wait for the lease of a call that has died
   * @throws RetryLaterException if another call is at work
   */
  public Lease lease(Duration patience, Consumer<String> notes) {
    Lease lease = Lease.ofRequest(repository, name, patience, notes);
    try {
      StoredObject now =
          repository.readRequest(name).orElseThrow(() -> changed("it is not there any more"));
      entry = repository.parseRequest(now, name);
      version = now.version();
      return lease;
    } catch (RuntimeException e) {
      lease.close();
      throw e;
    }
  }

  /** Notes which backup it makes or restores. */
  public void uses(BackupId backup) {
    if (!backup.equals(entry.backup())) {
      replace(known -> known.using(backup));
    }
  }

  /**
   * Notes that the time was up: the next call has the next number.
   *
   * @param mark where the work stopped, in its own words
   */
  public void goesOn(String mark) {
    replace(known -> known.called(known.call() + 1, mark));
  }

  /** Notes something for the calls after this one, and that it is worked on. */
  public void marks(String mark) {
    if (!mark.equals(entry.mark()) || !entry.state().equals(RequestEntry.RUNNING)) {
      replace(known -> known.marked(mark));
    }
  }

  /** Notes the answer of a restore whose ledger is still there. */
  public void ends(JsonNode answer, LeftLedger ledger) {
    replace(known -> known.ending(ledger.schema(), ledger.binding(), answer));
  }

  /** Notes the answer: nothing is done for this request any more. */
  public void done(JsonNode answer) {
    replace(known -> known.done(answer));
  }

  /** Notes that something has to change before it can be done. */
  public void failed(FailureEntry why) {
    replace(known -> known.failed(why));
  }

  /** Notes that nobody is to go on with it. */
  /** It has failed, and is to be done once more. */
  public void again() {
    replace(RequestEntry::again);
  }

  private void cancel() {
    replace(RequestEntry::canceled);
  }

  /**
   * Notes that nobody is to go on with a request, if it is open. Whoever works on it notes at the
   * same time how far it is: then it is tried again, some times.
   *
   * @throws RetryLaterException if others were always first
   */
  public static void cancel(SourceRepository repository, String name, Clock clock) {
    for (int i = 1; ; i++) {
      Optional<Request> open =
          find(repository, name, clock).filter(request -> request.entry.isOpen());
      if (open.isEmpty()) {
        return;
      }
      try {
        open.get().cancel();
        return;
      } catch (RetryLaterException raced) {
        if (i == MOST_RACES) {
          throw raced;
        }
      }
    }
  }

  /** Whether nobody is to go on with it. */
  public boolean isCanceled() {
    return entry.state().equals(RequestEntry.CANCELED);
  }

  /** What is known of it. */
  public RequestEntry entry() {
    return entry;
  }

  private void replace(UnaryOperator<RequestEntry> change) {
    RequestEntry next = change.apply(entry).by(writer, clock.instant());
    if (repository.putRequest(name, next, version) == PutOutcome.OTHER) {
      throw changed("another call of it has gone on with it meanwhile");
    }
    StoredObject now =
        repository.readRequest(name).orElseThrow(() -> changed("it is not there any more"));
    RequestEntry read = repository.parseRequest(now, name);
    if (!read.writer().equals(next.writer()) || read.revision() != next.revision()) {
      throw changed("another call of it has gone on with it meanwhile");
    }
    entry = next;
    version = now.version();
  }

  private RetryLaterException changed(String reason) {
    return new RetryLaterException(
        "go on with", subject(), reason, "Call it again: it finds out how far the job is.");
  }
}
