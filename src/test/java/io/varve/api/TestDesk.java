package io.varve.api;

import io.varve.configuration.Configuration;
import io.varve.configuration.ScheduledKind;
import io.varve.job.Order;
import io.varve.repository.BackupId;
import io.varve.repository.JobLog;
import io.varve.repository.Json;
import io.varve.repository.Repository;
import io.varve.repository.RequestEntry;
import io.varve.repository.ScheduleEntry;
import io.varve.repository.SourceRepository;
import io.varve.repository.Summary;
import io.varve.store.ObjectStore;
import io.varve.store.StoreProbe;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A desk over a store, with one source {@code shop}, where nothing is begun. */
final class TestDesk implements JobDesk {

  private final Repository repository;
  private final Configuration configuration;

  /**
   * @param schedules of the source, as a configuration has them
   */
  TestDesk(ObjectStore store, Map<String, ?> schedules) {
    repository =
        Repository.openOrCreate(
            store, () -> StoreProbe.run(store, StoreProbe.Writers.MANY), Clock.systemUTC());
    Map<String, ?> credentials = Map.of("user", "varve", "passwordFile", "/run/secrets/none");
    Map<String, ?> source =
        Map.of("address", "mysql://db", "credentials", credentials, "schedules", schedules);
    configuration =
        Configuration.load(
            Map.of(
                "VARVE_CONFIG",
                Json.line(
                    Map.of(
                        "store",
                        Map.of("location", store.location()),
                        "sources",
                        Map.of("shop", source)))));
  }

  SourceRepository shop() {
    return repository.source("shop");
  }

  @Override
  public Configuration configuration() {
    return configuration;
  }

  @Override
  public Repository repository() {
    return repository;
  }

  @Override
  public List<Summary> backups(String source) {
    return repository.source(source).backups();
  }

  @Override
  public Optional<Summary> backup(String source, BackupId id) {
    return backups(source).stream().filter(backup -> backup.id().equals(id)).findFirst();
  }

  @Override
  public void changed(String source, Instant when) {}

  @Override
  public void submit(Order order) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<RequestEntry> job(String source, String job) {
    return repository.source(source).requested(job);
  }

  @Override
  public Optional<Activity> activity(String source, String job) {
    return Optional.empty();
  }

  @Override
  public List<JobLog.Line> log(String source, String job) {
    return repository.source(source).log(job);
  }

  @Override
  public Optional<Instant> verifiedRestore(String source) {
    return Optional.empty();
  }

  @Override
  public void cancel(String source, String job) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<Instant> next(String source, ScheduledKind kind) {
    return Optional.empty();
  }

  @Override
  public ScheduleEntry pause(String source, ScheduledKind kind, boolean paused) {
    throw new UnsupportedOperationException();
  }
}
