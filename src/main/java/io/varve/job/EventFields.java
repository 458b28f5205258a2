package io.varve.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.varve.InvalidRequestException;
import io.varve.repository.Json;
import io.varve.store.Sha256;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The fields of an event, or of an object in it, read strictly: what has another type than it must
 * have, or is not known, is refused with its path and without its value.
 */
final class EventFields {

  /** What Lambda itself takes of an event that nobody waits for. */
  static final int MOST_BYTES = 256 << 10;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final String path;
  private final ObjectNode node;
  private final Set<String> known = new HashSet<>();

  private EventFields(String path, ObjectNode node) {
    this.path = path;
    this.node = node;
  }

  /**
   * Reads an event.
   *
   * @throws InvalidRequestException if it is too large, no JSON, or no object
   */
  static EventFields parse(byte[] json) {
    if (json.length > MOST_BYTES) {
      throw invalid("it is larger than " + MOST_BYTES + " bytes");
    }
    try {
      if (MAPPER.readTree(json) instanceof ObjectNode object) {
        return new EventFields("", object);
      }
    } catch (JsonProcessingException e) {
      throw invalid("it is not JSON" + where(e));
    } catch (IOException e) {
      throw invalid("it is not JSON");
    }
    throw invalid("it is no JSON object");
  }

  /** Jackson's own words may quote the text. */
  private static String where(JsonProcessingException e) {
    return e.getLocation() == null
        ? ""
        : ", at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
  }

  private static InvalidRequestException invalid(String reason) {
    return new InvalidRequestException(
        "read", "the event", reason, "docs/functions.schema.json says what an event is.");
  }

  private InvalidRequestException wrong(String name, String form) {
    return invalid("field " + path(name) + " must be " + form);
  }

  private String path(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private Optional<JsonNode> field(String name) {
    known.add(name);
    return Optional.ofNullable(node.get(name));
  }

  /** Refuses what nobody has asked for. */
  void end() {
    for (String name : (Iterable<String>) node::fieldNames) {
      if (!known.contains(name)) {
        throw invalid("it has an unknown field: " + path(name));
      }
    }
  }

  String text(String name) {
    return optionalText(name).orElseThrow(() -> invalid("field " + path(name) + " is missing"));
  }

  Optional<String> optionalText(String name) {
    return field(name).map(value -> text(value, name));
  }

  private String text(JsonNode value, String name) {
    if (!value.isTextual() || value.textValue().isEmpty()) {
      throw wrong(name, "a text that is not empty");
    }
    return value.textValue();
  }

  boolean flag(String name) {
    return field(name)
        .map(
            value -> {
              if (!value.isBoolean()) {
                throw wrong(name, "true or false");
              }
              return value.booleanValue();
            })
        .orElse(false);
  }

  /** A whole number; 0 where it is left out. */
  int number(String name, int most) {
    return field(name)
        .map(
            value -> {
              if (!value.isInt() || value.intValue() < 0 || value.intValue() > most) {
                throw wrong(name, "a whole number from 0 to " + most);
              }
              return value.intValue();
            })
        .orElse(0);
  }

  /** One of some words; the first where it is left out. */
  String word(String name, String... words) {
    String word = optionalText(name).orElse(words[0]);
    if (!List.of(words).contains(word)) {
      throw wrong(name, "one of " + String.join(", ", words));
    }
    return word;
  }

  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    field(name)
        .ifPresent(
            array -> {
              if (!array.isArray()) {
                throw wrong(name, "a list of texts");
              }
              for (int i = 0; i < array.size(); i++) {
                texts.add(text(array.get(i), name + "[" + i + "]"));
              }
            });
    return List.copyOf(texts);
  }

  Map<String, String> textsByName(String name) {
    Map<String, String> texts = new TreeMap<>();
    object(name)
        .ifPresent(
            object ->
                object
                    .node
                    .properties()
                    .forEach(
                        each ->
                            texts.put(each.getKey(), object.text(each.getValue(), each.getKey()))));
    return Map.copyOf(texts);
  }

  Optional<EventFields> object(String name) {
    return field(name)
        .map(
            value -> {
              if (!(value instanceof ObjectNode object)) {
                throw wrong(name, "an object");
              }
              return new EventFields(path(name), object);
            });
  }

  /** All but some fields. */
  ObjectNode without(String... names) {
    ObjectNode rest = node.deepCopy();
    rest.remove(List.of(names));
    return rest;
  }

  /** Of some fields, in whatever order these stand. */
  static String sha256(ObjectNode fields) {
    return HexFormat.of().formatHex(Sha256.of(Json.write(sorted(fields))));
  }

  private static JsonNode sorted(JsonNode value) {
    if (!(value instanceof ObjectNode object)) {
      return value; // lists hold no objects in any event
    }
    Map<String, JsonNode> fields = new TreeMap<>();
    object.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
    ObjectNode sorted = JsonNodeFactory.instance.objectNode();
    fields.forEach(sorted::set);
    return sorted;
  }
}
