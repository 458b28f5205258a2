package io.varve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.varve.repository.BackupId;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NativeReflectionTest {

  @Test
  void everyRecordInARegisteredRecordIsRegistered() {
    RegisterForReflection registered =
        NativeReflection.class.getAnnotation(RegisterForReflection.class);
    Set<Class<?>> targets = new HashSet<>(Arrays.asList(registered.targets()));
    Set<Class<?>> missing = new HashSet<>();
    for (Class<?> target : targets) {
      for (RecordComponent component : target.getRecordComponents()) {
        collect(component.getGenericType(), missing);
      }
    }
    missing.removeAll(targets);
    missing.remove(BackupId.class); // a string, by its own serializer
    assertThat(missing).isEmpty();
  }

  private static void collect(Type type, Set<Class<?>> records) {
    if (type instanceof ParameterizedType generic) {
      for (Type argument : generic.getActualTypeArguments()) {
        collect(argument, records);
      }
    } else if (type instanceof Class<?> plain && plain.isRecord()) {
      records.add(plain);
    }
  }
}
