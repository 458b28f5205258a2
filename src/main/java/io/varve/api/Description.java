package io.varve.api;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;

/**
 * Adds to the description of the API what all its operations have alike: the answers to what goes
 * wrong, and what parameters mean. What these refer to is in META-INF/openapi.yaml.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class Description implements OASFilter {

  private static final Map<String, String> OF_ALL =
      Map.of(
          "400", "BadRequest",
          "401", "Unauthorized",
          "403", "Forbidden",
          "404", "NotFound",
          "422", "Unprocessable",
          "500", "Damaged",
          "503", "RetryLater");

  private static final Map<String, String> OF_BODIES =
      Map.of("413", "TooLarge", "415", "UnsupportedMediaType");

  @Override
  public Operation filterOperation(Operation operation) {
    add(operation, OF_ALL);
    if (operation.getRequestBody() != null) {
      add(operation, OF_BODIES);
    }
    return operation;
  }

  private static void add(Operation operation, Map<String, String> responses) {
    responses.forEach(
        (status, name) ->
            operation
                .getResponses()
                .addAPIResponse(status, OASFactory.createAPIResponse().ref(name)));
  }

  @Override
  public Parameter filterParameter(Parameter parameter) {
    switch (parameter.getName()) {
      case "source" -> parameter.description("Its name in the configuration.").example("shop");
      case "backup" ->
          parameter
              .description("Its id, as lists show it.")
              .example("20261122T023000Z-full-k3f9aa");
      case "job" ->
          parameter
              .description("Its id, as the answer has it that began it.")
              .example("20261122T023000Z-backup-4hmk2p");
      case "schema" -> parameter.description("Of the table, percent-encoded.").example("shop");
      case "table" -> parameter.description("Its name, percent-encoded.").example("orders");
      case "search" -> parameter.description("Part of schema.table, in any case of letters.");
      case "backups" ->
          parameter
              .description("How many of the last ones, 30 where it is left out.")
              .schema(number(ChangesResource.MOST_BACKUPS));
      case "kind" -> parameter.description("Of the schedule.").example("incremental");
      case "after" -> parameter.description("What the page before has as next.");
      case "limit" ->
          parameter
              .description("How many to show, 100 where it is left out.")
              .schema(number(Page.MOST));
      case "Idempotency-Key" ->
          parameter
              .description("What is asked for again under the same is done once.")
              .schema(text().minLength(1).maxLength(Resource.MOST_KEY).pattern("\\S"))
              .example("before-release-42");
      default -> {
        // says enough by its name
      }
    }
    return parameter;
  }

  private static Schema text() {
    return OASFactory.createSchema().type(List.of(Schema.SchemaType.STRING));
  }

  private static Schema number(int most) {
    return OASFactory.createSchema()
        .type(List.of(Schema.SchemaType.INTEGER))
        .minimum(BigDecimal.ONE)
        .maximum(BigDecimal.valueOf(most));
  }
}
