package io.varve.check;

import io.varve.VarveException;
import io.varve.repository.Repository;
import io.varve.repository.RepositoryInfo;
import io.varve.store.ObjectStore;
import io.varve.store.StoreProbe;
import io.varve.store.StoreTraits;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether a store can hold a repository, and what is in it. The trial writes about 40 small objects
 * below {@code probe/} and deletes them. For one run.
 */
public final class StoreCheck {

  /** What the store is wanted for. */
  public enum Use {
    BACKUP,
    /** Only to be read from: that nothing can be written is worth a note. */
    RESTORE
  }

  private final ObjectStore store;
  private final Use use;
  private final StoreProbe.Writers writers;
  private final List<Finding> findings = new ArrayList<>();

  private StoreCheck(ObjectStore store, Use use, StoreProbe.Writers writers) {
    this.store = store;
    this.use = use;
    this.writers = writers;
  }

  public static CheckReport run(ObjectStore store, Use use, StoreProbe.Writers writers) {
    return new StoreCheck(store, use, writers).run();
  }

  private CheckReport run() {
    if (look()) {
      probe();
    }
    return new CheckReport("store", store.location(), findings, List.of());
  }

  /** Whether the store answers. */
  private boolean look() {
    try {
      Optional<RepositoryInfo> info = Repository.readInfo(store);
      if (info.isEmpty()) {
        findings.add(
            use == Use.BACKUP
                ? Finding.good("repository", "none yet: the first backup makes it")
                : Finding.missing("repository", "there is none: check bucket and prefix"));
        return true;
      }
      findings.add(
          Finding.good(
              "repository",
              "format "
                  + info.get().format()
                  + ", made "
                  + info.get().created().truncatedTo(ChronoUnit.SECONDS)));
      List<String> sources = Repository.sources(store);
      findings.add(
          Finding.good("sources", sources.isEmpty() ? "none yet" : String.join(", ", sources)));
      return true;
    } catch (VarveException failed) {
      findings.add(Finding.of("repository", failed));
      return false;
    }
  }

  private void probe() {
    try {
      StoreTraits traits = StoreProbe.run(store, writers);
      findings.add(
          Finding.good(
              "writes",
              "tried out below probe/, where nothing is left: "
                  + (traits.putIfAbsent() && traits.replaceIfUnchanged()
                      ? "of racing writers one wins, and "
                      : "")
                  + "what is written or deleted shows at once"));
      findings.add(lifecycle(traits.lifecycle()));
    } catch (VarveException failed) {
      Finding found = Finding.of("writes", failed);
      findings.add(use == Use.BACKUP ? found : Finding.note("writes", found.text()));
    }
  }

  private static Finding lifecycle(String lifecycle) {
    return switch (lifecycle) {
      case "not-readable" ->
          Finding.note(
              "lifecycle",
              "the store does not show its rules: see to it that none deletes or archives by age");
      case "harmless" -> Finding.good("lifecycle", "no rule that deletes or archives by age");
      case "none" -> Finding.good("lifecycle", "no rules");
      default -> Finding.good("lifecycle", "a folder has no rules");
    };
  }
}
