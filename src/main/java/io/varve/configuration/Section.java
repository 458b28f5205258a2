package io.varve.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.varve.VarveException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One object of the document. What is asked for is known, and all else a problem; a value of
 * another type is one too, and then as good as not there. A field that is null is not there.
 *
 * <p>Problems name paths and never values: somebody may have written a password into the wrong
 * field.
 */
final class Section {

  private final String path;
  private final JsonNode object;
  private final Problems problems;
  private final TreeSet<String> known = new TreeSet<>();

  Section(String path, JsonNode object, Problems problems) {
    this.path = path;
    this.object = object;
    this.problems = problems;
  }

  /** A wrong value, told by the reason that follows its path. */
  static final class WrongValue extends RuntimeException {
    WrongValue(String reason) {
      super(reason);
    }
  }

  boolean has(String field) {
    return value(field) != null;
  }

  void require(String... fields) {
    for (String field : fields) {
      if (!has(field)) {
        refuse(field, "is missing");
      }
    }
  }

  void refuse(String field, String what) {
    problems.add(pathOf(field), what);
  }

  /** About this object as a whole. */
  void refuse(String what) {
    problems.add(path, what);
  }

  /** To be called last. */
  void refuseOthers() {
    for (String field : names()) {
      if (!known.contains(field)) {
        refuse(field, "is no field that is known; here may be " + String.join(", ", known));
      }
    }
  }

  Optional<Section> section(String field) {
    return of(field, JsonNodeType.OBJECT, "has to be an object")
        .map(node -> new Section(pathOf(field), node, problems));
  }

  /** An object whose fields others understand. */
  Optional<ObjectNode> json(String field) {
    return of(field, JsonNodeType.OBJECT, "has to be an object").map(ObjectNode.class::cast);
  }

  /** The objects of an object, by the names that the document gives them. */
  Map<String, Section> sections(String field) {
    Map<String, Section> sections = new LinkedHashMap<>();
    section(field)
        .ifPresent(
            outer -> {
              for (String name : outer.names()) {
                Optional<Section> inner = outer.section(name);
                if (inner.isPresent()) {
                  sections.put(name, inner.get());
                } else if (!outer.has(name)) {
                  outer.refuse(name, "has to be an object");
                }
              }
            });
    return sections;
  }

  Optional<String> text(String field) {
    Optional<String> text =
        of(field, JsonNodeType.STRING, "has to be a text").map(JsonNode::textValue);
    if (text.isPresent() && text.get().isBlank()) {
      refuse(field, "is empty");
      return Optional.empty();
    }
    return text;
  }

  /**
   * A text that means something.
   *
   * @param meaning throws {@link WrongValue} or {@link VarveException} where it has none
   */
  <T> Optional<T> text(String field, Function<String, T> meaning) {
    try {
      return text(field).map(meaning);
    } catch (WrongValue wrong) {
      refuse(field, String.valueOf(wrong.getMessage()));
    } catch (VarveException refused) {
      refuse(field, "cannot be used: " + refused.reason());
    }
    return Optional.empty();
  }

  List<String> texts(String field) {
    List<String> texts = new ArrayList<>();
    of(field, JsonNodeType.ARRAY, "has to be a list of texts")
        .ifPresent(
            list -> {
              for (int i = 0; i < list.size(); i++) {
                JsonNode each = list.get(i);
                if (each.isTextual() && !each.textValue().isBlank()) {
                  texts.add(each.textValue());
                } else {
                  refuse(field + "[" + i + "]", "has to be a text that is not empty");
                }
              }
            });
    return texts;
  }

  Optional<Boolean> flag(String field) {
    return of(field, JsonNodeType.BOOLEAN, "has to be true or false").map(JsonNode::booleanValue);
  }

  OptionalInt number(String field, int least, int most) {
    String expected =
        most == Integer.MAX_VALUE
            ? "has to be a whole number, at least " + least
            : "has to be a whole number from " + least + " to " + most;
    Optional<JsonNode> node = of(field, JsonNodeType.NUMBER, expected);
    if (node.isEmpty()) {
      return OptionalInt.empty();
    }
    double number = node.get().doubleValue();
    if (number < least || number > most || number != Math.rint(number)) {
      refuse(field, expected);
      return OptionalInt.empty();
    }
    return OptionalInt.of((int) number);
  }

  private Optional<JsonNode> of(String field, JsonNodeType type, String expected) {
    @Nullable JsonNode node = value(field);
    if (node == null) {
      return Optional.empty();
    }
    if (node.getNodeType() != type) {
      refuse(field, expected);
      return Optional.empty();
    }
    return Optional.of(node);
  }

  private @Nullable JsonNode value(String field) {
    known.add(field);
    JsonNode node = object.get(field);
    return node == null || node.isNull() ? null : node;
  }

  List<String> names() {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private String pathOf(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }
}
