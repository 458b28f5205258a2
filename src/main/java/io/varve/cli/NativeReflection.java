package io.varve.cli;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.varve.backup.BackupResult;
import io.varve.backup.PlanReport;
import io.varve.backup.RepairReport;
import io.varve.backup.ShareReport;
import io.varve.mysql.Account;
import io.varve.mysql.Column;
import io.varve.mysql.SchemaDefinition;
import io.varve.mysql.SchemaObject;
import io.varve.mysql.Sequence;
import io.varve.mysql.TableDefinition;
import io.varve.mysql.TableName;
import io.varve.repository.Changes;
import io.varve.repository.CheckpointRange;
import io.varve.repository.Consistency;
import io.varve.repository.FailureEntry;
import io.varve.repository.Fence;
import io.varve.repository.JobEntry;
import io.varve.repository.JobLog;
import io.varve.repository.LeaseEntry;
import io.varve.repository.LoadEnd;
import io.varve.repository.LoadPlan;
import io.varve.repository.Manifest;
import io.varve.repository.PartEntry;
import io.varve.repository.QueueEntry;
import io.varve.repository.RepositoryInfo;
import io.varve.repository.RequestEntry;
import io.varve.repository.ScheduleEntry;
import io.varve.repository.SharedSnapshot;
import io.varve.repository.SourceInfo;
import io.varve.repository.Summary;
import io.varve.repository.TableChange;
import io.varve.repository.TableCount;
import io.varve.repository.TableEntry;
import io.varve.repository.TableTimes;
import io.varve.repository.Totals;
import io.varve.repository.WorkPlan;
import io.varve.restore.DiffReport;
import io.varve.restore.DrillResult;
import io.varve.restore.PlanResult;
import io.varve.restore.Restore;
import io.varve.restore.RestoreReport;
import io.varve.restore.RestoreResult;
import io.varve.retention.PruneReport;
import io.varve.status.SourceStatus;
import io.varve.status.StatusReport;
import io.varve.store.StoreTraits;
import io.varve.verify.Damage;
import io.varve.verify.VerifyReport;

/** The records that become JSON or come from it: a native image has to be told. */
@RegisterForReflection(
    targets = {
      Account.class,
      BackupResult.class,
      Changes.class,
      CheckCommand.Checked.class,
      CheckCommand.Found.class,
      CheckCommand.Result.class,
      CheckpointRange.class,
      Column.class,
      Consistency.class,
      Damage.class,
      DiffReport.Table.class,
      DiffReport.class,
      DrillResult.class,
      FailureEntry.class,
      Fence.class,
      HoldCommand.Result.class,
      JobEntry.class,
      JobLog.Line.class,
      JobLog.class,
      LeaseEntry.class,
      LoadEnd.class,
      LoadPlan.class,
      ListCommand.Line.class,
      ListCommand.Result.class,
      Manifest.class,
      PartEntry.class,
      PruneReport.Verdict.class,
      PlanReport.class,
      QueueEntry.class,
      ScheduleEntry.class,
      ShareReport.class,
      SharedSnapshot.Table.class,
      SharedSnapshot.class,
      TableCount.class,
      WorkPlan.PlannedRange.class,
      WorkPlan.class,
      PruneReport.class,
      RepairReport.Backup.class,
      RepairReport.Part.class,
      RepairReport.class,
      RepositoryInfo.class,
      RequestEntry.class,
      PlanResult.PlanTable.class,
      PlanResult.class,
      RestoreResult.class,
      Restore.Loaded.class,
      RestoreReport.Touched.class,
      SchemaDefinition.class,
      SchemaObject.class,
      Sequence.class,
      SourceInfo.class,
      SourceStatus.EndedJob.class,
      SourceStatus.HowFar.class,
      SourceStatus.NewestBackup.class,
      SourceStatus.RunningJob.class,
      SourceStatus.ScheduleStatus.class,
      SourceStatus.class,
      StatusCommand.Result.class,
      StatusReport.class,
      StoreTraits.class,
      Summary.class,
      SyncCommand.Result.class,
      TableChange.class,
      TableDefinition.class,
      TableEntry.class,
      TableName.class,
      TableTimes.class,
      Totals.class,
      VerifyReport.class
    },
    classNames = {"io.varve.job.PlanTask$Plan", "io.varve.repository.SourceRepository$Format"})
final class NativeReflection {

  private NativeReflection() {}
}
