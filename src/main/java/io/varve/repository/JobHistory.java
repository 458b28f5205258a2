package io.varve.repository;

import java.util.Comparator;
import java.util.List;

/**
 * The jobs of a source as one listing shows them, those that changed last first.
 *
 * @param requests the names of what functions and servers were asked for
 * @param runs the records of the runs of commands, and of those that requests have begun
 */
public record JobHistory(List<String> requests, List<ListedJob> runs) {

  static JobHistory of(String source, List<ListedJob> jobs) {
    String requests = Layout.requests(source);
    List<ListedJob> newestFirst =
        jobs.stream().sorted(Comparator.comparing(ListedJob::lastModified).reversed()).toList();
    return new JobHistory(
        newestFirst.stream()
            .map(ListedJob::id)
            .filter(id -> id.startsWith(requests))
            .map(id -> id.substring(requests.length(), id.length() - 1))
            .toList(),
        newestFirst.stream().filter(job -> !job.id().contains("/")).toList());
  }
}
