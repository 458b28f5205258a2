package io.varve.api;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * The records that the API writes as JSON: a native executable keeps only what it is told of. They
 * know nothing of HTTP, for that of functions, where they are never made, is told of them too.
 */
@RegisterForReflection(
    targets = {
      Activity.class,
      BackupDetails.Objects.class,
      BackupDetails.Position.class,
      BackupDetails.class,
      History.Columns.class,
      History.Deleted.class,
      History.Failed.class,
      History.class,
      JobView.class,
      Me.class,
      Page.class,
      Problem.class,
      ScheduleView.class,
      SourceView.class,
      TableActivity.class,
      TableChanges.Backup.class,
      TableChanges.Changed.class,
      TableChanges.Table.class,
      TableDetails.Part.class,
      TableDetails.class,
      TableView.class,
      TargetView.class
    })
final class NativeReflection {

  private NativeReflection() {}
}
