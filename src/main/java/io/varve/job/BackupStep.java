package io.varve.job;

import io.varve.InvalidRequestException;
import io.varve.backup.Backup;
import io.varve.backup.BackupBase;
import io.varve.backup.BackupOptions;
import io.varve.backup.BackupReport;
import io.varve.configuration.SourceConfiguration;
import io.varve.mysql.Source;
import io.varve.repository.BackupId;
import io.varve.repository.BackupKind;
import io.varve.repository.Standing;
import java.util.List;
import java.util.Optional;

/**
 * The backup of a job, made once however often it is asked for: its id is in the job's record
 * before its first part is put.
 */
record BackupStep(Call call, SourceConfiguration configured, BackupBase base, List<String> tags) {

  BackupStep {
    if (base.parent().isPresent() && base.kind() == BackupKind.FULL) {
      throw new InvalidRequestException(
          "back up",
          call.repository().location(),
          "a full backup has no parent",
          "Leave out parent, or make it an incremental one.");
    }
  }

  /** That of a call before this one, if it came so far. */
  Optional<BackupReport> committed() {
    return call.request()
        .backup()
        .filter(id -> standing(id) instanceof Standing.Committed)
        .map(id -> BackupReport.of(call.repository().manifest(id)));
  }

  /** By the configuration, and the event. */
  BackupOptions options() {
    int parallel = configured.parallel();
    long partBytes =
        configured.partBytes().orElseGet(() -> BackupOptions.defaultPartBytes(parallel));
    // one that is made and one that is put
    Memory.require("back up", call.repository().location(), 2L * parallel, partBytes);
    return new BackupOptions(
        configured.selection(),
        parallel,
        partBytes,
        configured.compressionLevel(),
        configured.snapshotWay(),
        configured.accounts(),
        new BackupBase(base.kind(), base.parent(), unfinished()),
        Optional.empty(),
        call.limit(),
        configured.throttling(),
        tags);
  }

  /** Makes it, or goes on with that of a call before this one. */
  BackupReport run(Source opened) {
    return new Backup(
            opened,
            call.repository(),
            options(),
            call.progress(),
            call.clock(),
            call.request()::uses)
        .run();
  }

  private Optional<BackupId> unfinished() {
    return call.request().backup().filter(id -> standing(id) instanceof Standing.Absent);
  }

  /** One that was deleted is as one that was given up: another is made. */
  private Standing standing(BackupId id) {
    return call.repository().isBuried(id) ? new Standing.Fenced() : call.repository().standing(id);
  }
}
