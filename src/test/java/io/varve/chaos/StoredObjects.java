package io.varve.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.varve.store.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * All that lies in a store with one source, judged by docs/format.md alone: read past Varve's own
 * code. Nobody may be at work.
 */
final class StoredObjects {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final ObjectStore store;
  private final String source;
  private final Set<String> keys = new HashSet<>();
  private final Map<String, JsonNode> manifests = new TreeMap<>();
  private final Set<String> fences = new HashSet<>();
  private final Set<String> tombstones = new HashSet<>();
  private final Set<String> jobs = new HashSet<>();
  private final Map<String, List<JsonNode>> openJobs = new TreeMap<>();

  private StoredObjects(ObjectStore store, String source) {
    this.store = store;
    this.source = source;
  }

  static StoredObjects read(ObjectStore store, String source) {
    StoredObjects objects = new StoredObjects(store, source);
    store.list("", object -> objects.keys.add(object.key()));
    objects.keys.forEach(objects::sort);
    objects
        .openJobs
        .keySet()
        .removeIf(job -> objects.keys.contains(source + "/jobs/" + job + "/end.json"));
    return objects;
  }

  private void sort(String key) {
    String[] names = key.split("/", -1);
    switch (names.length > 1 ? names[1] : "") {
      case "manifests" -> {
        JsonNode manifest = json(key);
        if (manifest.path("fence").asBoolean()) {
          fences.add(id(names));
        } else {
          manifests.put(id(names), manifest);
        }
      }
      case "tombstones" -> tombstones.add(id(names));
      case "jobs" -> {
        jobs.add(names[2]);
        openJobs.computeIfAbsent(names[2], job -> new ArrayList<>()).add(json(key));
      }
      default -> {}
    }
  }

  private static String id(String[] names) {
    return names[2].replace(".json", "");
  }

  private JsonNode json(String key) {
    try {
      return JSON.readTree(store.get(key).orElseThrow().content());
    } catch (IOException e) {
      throw new UncheckedIOException(key, e);
    }
  }

  private Set<String> ofOpenJobs(String field) {
    Set<String> ids = new HashSet<>();
    openJobs.values().stream()
        .flatMap(List::stream)
        .map(piece -> piece.path(field).asText(null))
        .filter(Objects::nonNull)
        .forEach(ids::add);
    return ids;
  }

  /** The backups that runs have begun, and that may still be committed. */
  Set<String> openIds() {
    Set<String> open = ofOpenJobs("ownBackup");
    open.removeAll(manifests.keySet());
    open.removeAll(fences);
    open.removeAll(tombstones);
    return open;
  }

  /** The jobs of which there is a record. */
  Set<String> jobs() {
    return jobs;
  }

  /** Fails if something is there that nothing needs, after a prune that nothing has disturbed. */
  void requireNothingUnaccountedFor() {
    Set<String> pinned = ofOpenJobs("pinnedBackup");
    Set<String> open = openIds();
    Map<String, String> whyThere = new HashMap<>();
    for (Map.Entry<String, JsonNode> manifest : manifests.entrySet()) {
      for (JsonNode table : manifest.getValue().path("tables")) {
        for (JsonNode part : table.path("parts")) {
          whyThere.put(part.path("key").asText(), manifest.getKey());
        }
      }
    }
    assertThat(keys).as("parts that backups name").containsAll(whyThere.keySet());
    assertThat(keys)
        .as("objects that nothing accounts for; open: %s, pinned: %s", open, pinned)
        .allMatch(
            key -> {
              String[] names = key.split("/", -1);
              if (names.length == 1) {
                return key.equals("varve.json");
              }
              if (names[0].equals("probe")) {
                return true; // of a run that was killed while it made the repository
              }
              return names[0].equals(source)
                  && switch (names[1]) {
                    case "manifests" ->
                        fences.contains(id(names))
                            || !tombstones.contains(id(names))
                            || pinned.contains(id(names));
                    case "summaries" ->
                        manifests.containsKey(id(names)) || open.contains(id(names));
                    case "parts" -> whyThere.containsKey(key) || open.contains(names[2]);
                    case "tombstones", "jobs" -> true;
                    case "lease.json" -> true;
                    default -> false; // also marks of damage, for nothing was damaged
                  };
            });
  }

  /** The ids of manifests that are no fences and have no tombstone. */
  Set<String> counting() {
    Set<String> counting = new HashSet<>(manifests.keySet());
    counting.removeAll(tombstones);
    return counting;
  }

  /** As the method before, where days have passed: then no run can be under way, or waited for. */
  void requireNothingOpen() {
    requireNothingUnaccountedFor();
    assertThat(openIds()).as("ids that are open for ever").isEmpty();
    assertThat(manifests.keySet())
        .as("backups that were deleted, and are there for ever")
        .doesNotContainAnyElementsOf(tombstones);
    assertThat(keys)
        .as("traces of a trial of the store")
        .noneMatch(key -> key.startsWith("probe/"));
  }
}
