package io.varve.repository;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.varve.mysql.ColumnEncoding;
import io.varve.mysql.SchemaObject;
import java.io.IOException;
import java.util.Locale;
import java.util.function.Function;

/** How records stand in JSON: words in kebab-case, times as ISO 8601, unknown fields ignored. */
public final class Json {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .addModule(words())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .serializationInclusion(JsonInclude.Include.NON_NULL)
          .build();

  private Json() {}

  /** A record as indented JSON. */
  public static byte[] write(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records become JSON", e);
    }
  }

  /** A value as JSON on one line. */
  public static String line(Object value) {
    try {
      return MAPPER.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records become JSON", e);
    }
  }

  /** A record as a tree. */
  public static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  /**
   * Reads a record.
   *
   * @throws IOException where it is not JSON, or not of that form
   */
  public static <T> T read(byte[] json, Class<T> type) throws IOException {
    T value = MAPPER.readValue(json, type);
    if (value == null) {
      throw new IOException("it is null");
    }
    return value;
  }

  private static SimpleModule words() {
    SimpleModule module = new SimpleModule();
    word(module, BackupKind.class, BackupKind::valueOf);
    word(module, ColumnEncoding.class, ColumnEncoding::valueOf);
    word(module, SchemaObject.Kind.class, SchemaObject.Kind::valueOf);
    module.addSerializer(
        BackupId.class,
        new StdSerializer<>(BackupId.class) {
          @Override
          public void serialize(BackupId id, JsonGenerator json, SerializerProvider provider)
              throws IOException {
            json.writeString(id.value());
          }
        });
    module.addDeserializer(
        BackupId.class,
        new StdDeserializer<>(BackupId.class) {
          @Override
          public BackupId deserialize(JsonParser json, DeserializationContext context)
              throws IOException {
            return BackupId.parse(json.getText())
                .orElseThrow(() -> new IOException("not a backup's id"));
          }
        });
    return module;
  }

  private static <E extends Enum<E>> void word(
      SimpleModule module, Class<E> type, Function<String, E> valueOf) {
    module.addSerializer(
        type,
        new StdSerializer<>(type) {
          @Override
          public void serialize(E value, JsonGenerator json, SerializerProvider provider)
              throws IOException {
            json.writeString(value.name().toLowerCase(Locale.ROOT).replace('_', '-'));
          }
        });
    module.addDeserializer(
        type,
        new StdDeserializer<>(type) {
          @Override
          public E deserialize(JsonParser json, DeserializationContext context) throws IOException {
            try {
              return valueOf.apply(json.getText().toUpperCase(Locale.ROOT).replace('-', '_'));
            } catch (IllegalArgumentException e) {
              throw new IOException("not a known word: " + json.getText(), e);
            }
          }
        });
  }
}
