package io.varve.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.varve.InvalidRequestException;
import io.varve.job.JobKind;
import io.varve.job.Order;
import io.varve.repository.BackupId;
import io.varve.repository.Json;
import io.varve.repository.RequestEntry;
import io.varve.repository.SourceRepository;
import io.varve.store.Sha256;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HexFormat;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What all resources do alike. */
abstract class Resource {

  static final String BASE = "/api/v1";
  static final int MOST_KEY = 255;

  final JobDesk desk;

  Resource(JobDesk desk) {
    this.desk = desk;
  }

  static Response json(Object value) {
    return Response.ok(Json.write(value), MediaType.APPLICATION_JSON_TYPE).build();
  }

  /** Without line breaks, for what is large. */
  static Response line(Object value) {
    return Response.ok(Json.line(value), MediaType.APPLICATION_JSON_TYPE).build();
  }

  /**
   * Whoever has an answer need not be sent it again.
   *
   * @param tag another one where the answer is another
   */
  static Response unlessKnown(Request conditions, String tag, Supplier<Response> answer) {
    EntityTag entity = new EntityTag(tag);
    Response.ResponseBuilder known = conditions.evaluatePreconditions(entity);
    return known != null
        ? known.tag(entity).build()
        : Response.fromResponse(answer.get()).tag(entity).build();
  }

  /** The tag of an answer that is another where any of these is. */
  static String tag(Iterable<String> parts) {
    byte[] all = String.join(" ", parts).getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(Sha256.of(all), 0, 16);
  }

  /** The part of a source that is configured, or has backups. */
  SourceRepository source(String name) {
    if (!desk.configuration().sources().containsKey(name)
        && !desk.repository().sources().contains(name)) {
      throw Problem.notFound("There is no source of that name.").exception();
    }
    return desk.repository().source(name);
  }

  static BackupId backupId(String text) {
    return BackupId.parse(text)
        .orElseThrow(
            () ->
                Problem.notFound("There is no backup of that id; ids are as lists show them.")
                    .exception());
  }

  /**
   * Has a job done.
   *
   * @param body the fields of the event of a function of that kind, without source and job
   * @param key the header Idempotency-Key: asked for again with the same, it is done once
   */
  Response begin(String source, JobKind kind, byte @Nullable [] body, @Nullable String key) {
    ObjectNode fields = fields(body);
    for (String own : new String[] {"source", "job", "token"}) {
      if (fields.has(own)) {
        throw badRequest("field " + own + " does not belong into the body");
      }
    }
    source(source);
    fields.put("source", source);
    return begin(Order.read(kind, Json.write(fields), name(kind.word(), source, key)));
  }

  Response begin(Order order) {
    String source = order.source();
    desk.submit(order);
    return Response.accepted(Json.write(job(source, order.name())))
        .type(MediaType.APPLICATION_JSON_TYPE)
        .location(URI.create(BASE + "/sources/" + source + "/jobs/" + order.name()))
        .build();
  }

  /** A job that is there. */
  JobView job(String source, String id) {
    RequestEntry entry =
        desk.job(source, id)
            .orElseThrow(() -> Problem.notFound("There is no job of that name.").exception());
    if (!entry.isOpen() && entry.changedAt() != null) {
      desk.changed(source, entry.changedAt());
    }
    return JobView.of(source, id, entry, desk.activity(source, id).orElse(null));
  }

  static ObjectNode fields(byte @Nullable [] body) {
    if (body == null || body.length == 0) {
      return JsonNodeFactory.instance.objectNode();
    }
    try {
      return Order.fields(body);
    } catch (InvalidRequestException unread) {
      throw badRequest(unread.reason());
    }
  }

  private static ProblemException badRequest(String reason) {
    return Problem.of("invalid-request", "Bad body", 400, "Cannot read the body: " + reason + ".")
        .exception();
  }

  static String name(String kind, String source, @Nullable String key) {
    if (key == null) {
      return BackupId.timeOf(Clock.systemUTC().instant()) + "-" + kind + "-" + BackupId.random(6);
    }
    if (key.isBlank() || key.length() > MOST_KEY) {
      throw badRequest("Idempotency-Key has to have 1 to " + MOST_KEY + " characters");
    }
    byte[] hash = Sha256.of((source + " " + key).getBytes(StandardCharsets.UTF_8));
    return "key-" + HexFormat.of().formatHex(hash, 0, 16);
  }
}
