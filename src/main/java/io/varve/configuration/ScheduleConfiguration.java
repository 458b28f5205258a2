package io.varve.configuration;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.varve.schedule.Timetable;
import java.time.Duration;

/**
 * When a server begins something, and how it is done.
 *
 * @param jitter by how much a begin may be late, so that not everything begins at once
 * @param options what the event of a function of that kind would say beside the source
 */
public record ScheduleConfiguration(Timetable timetable, Duration jitter, ObjectNode options) {}
