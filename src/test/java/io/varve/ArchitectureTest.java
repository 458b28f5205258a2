package io.varve;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.List;

/** Holds the arrows between the packages of ARCHITECTURE.md. */
@AnalyzeClasses(packages = "io.varve", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  /** From top to bottom. Packages of one row do not know one another. */
  private static final List<List<String>> ROWS =
      List.of(
          List.of("cli"),
          List.of("client", "function", "server", "gateway"),
          List.of("api"),
          List.of("job", "status"),
          List.of("configuration"),
          List.of("backup", "restore", "verify", "check", "retention", "schedule"),
          List.of("repository"),
          List.of("mysql"),
          List.of("codec"),
          List.of("store"));

  private static final String[] FACES = {
    "io.varve.cli..",
    "io.varve.function..",
    "io.varve.server..",
    "io.varve.gateway..",
    "io.varve.api.."
  };

  @ArchTest static final ArchRule arrowsGoDownOnly = layers();

  @ArchTest
  static final ArchRule everyClassHasARow =
      classes()
          .should()
          .resideInAnyPackage(
              ROWS.stream()
                  .flatMap(List::stream)
                  .map(name -> "io.varve." + name + "..")
                  .toArray(String[]::new))
          .orShould()
          .resideInAPackage("io.varve");

  @ArchTest
  static final ArchRule errorsKnowNoPackage =
      noClasses()
          .that()
          .resideInAPackage("io.varve")
          .should()
          .dependOnClassesThat(resideInAPackage("io.varve.*.."));

  @ArchTest
  static final ArchRule packagesMakeNoCircle =
      slices().matching("io.varve.(**)").should().beFreeOfCycles().allowEmptyShould(true);

  @ArchTest
  static final ArchRule onlyFacesKnowTheFramework =
      onlyIn("only faces know Quarkus and what comes with it", FACES)
          .dependOn("io.quarkus..", "io.smallrye..", "jakarta..", "org.eclipse.microprofile..");

  @ArchTest
  static final ArchRule onlyCliKnowsTheCommandLine =
      onlyIn("only the CLI knows picocli and the progress bar", "io.varve.cli..")
          .dependOn("picocli..", "me.tongfei..");

  @ArchTest
  static final ArchRule onlyFunctionsKnowLambda =
      onlyIn("only functions know Lambda", "io.varve.function..", "io.varve.gateway..")
          .dependOn("com.amazonaws.services.lambda..");

  @ArchTest
  static final ArchRule onlyStoreAndConfigurationKnowTheAwsSdk =
      onlyIn(
              "only the store and the configuration know the AWS SDK",
              "io.varve.store..",
              "io.varve.configuration..")
          .dependOn("software.amazon..", "io.quarkiverse.amazon..");

  @ArchTest
  static final ArchRule onlyMysqlKnowsJdbc =
      onlyIn("only mysql knows JDBC", "io.varve.mysql..")
          .dependOn("java.sql..", "javax.sql..", "com.mysql..");

  @ArchTest
  static final ArchRule onlyCodecKnowsCompression =
      onlyIn("only the codec knows compression", "io.varve.codec..")
          .dependOn("org.apache.commons.compress..", "com.github.luben..");

  @ArchTest
  static final ArchRule onlyFacesPrint =
      noClasses()
          .that(not(resideInAnyPackage(FACES)))
          .should(ACCESS_STANDARD_STREAMS)
          .because("an engine reports to its caller, and a face decides what is shown");

  private static LayeredArchitecture layers() {
    LayeredArchitecture layers =
        layeredArchitecture().consideringOnlyDependenciesInLayers().withOptionalLayers(true);
    for (List<String> row : ROWS) {
      for (String name : row) {
        layers = layers.layer(name).definedBy("io.varve." + name + "..");
      }
    }
    for (int i = 0; i < ROWS.size(); i++) {
      String[] below =
          ROWS.subList(i + 1, ROWS.size()).stream().flatMap(List::stream).toArray(String[]::new);
      for (String name : ROWS.get(i)) {
        layers =
            below.length == 0
                ? layers.whereLayer(name).mayNotAccessAnyLayer()
                : layers.whereLayer(name).mayOnlyAccessLayers(below);
      }
    }
    return layers;
  }

  private static Owners onlyIn(String rule, String... owners) {
    return new Owners(rule, owners);
  }

  private record Owners(String rule, String[] packages) {

    ArchRule dependOn(String... libraries) {
      return noClasses()
          .that(not(resideInAnyPackage(packages)))
          .should()
          .dependOnClassesThat(resideInAnyPackage(libraries))
          .as(rule);
    }
  }
}
