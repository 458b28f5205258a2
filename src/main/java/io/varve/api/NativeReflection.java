package io.varve.api;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** The records that the API writes as JSON: a native executable keeps only what it is told of. */
@RegisterForReflection(
    targets = {
      Activity.class,
      BackupsResource.TableView.class,
      JobView.class,
      Page.class,
      Problem.class,
      SchedulesResource.Schedules.class,
      ScheduleView.class,
      SourceView.class,
      SourcesResource.Sources.class,
      SourcesResource.TargetView.class,
      SourcesResource.Targets.class
    })
final class NativeReflection {

  private NativeReflection() {}
}
