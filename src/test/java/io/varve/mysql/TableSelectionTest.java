package io.varve.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A schema may be left out only where no pattern can mean anything in it. */
class TableSelectionTest {

  @ParameterizedTest
  @CsvSource({
    "shop.*, shop, true",
    "shop.*, shop.old, true", // a schema's name may have a dot
    "shop.*, shopping, false",
    "shop, shop, true",
    "shop, shopping, false",
    "shop.orders, shop, true",
    "sh*, shop, true",
    "sh?p.x, shop, true",
    "s[ha]op, shop, true",
    "s\\hop.x, shop, true",
    "x*, shop, false",
    "*, shop, true",
    "*, mysql, false",
    "SHOP.x, shop, false"
  })
  void patternsReachIntoSchemas(String pattern, String schema, boolean reaches) {
    TableSelection selection = new TableSelection(List.of(pattern), List.of());
    assertThat(selection.mayReachInto(schema)).isEqualTo(reaches);
  }

  @Test
  void inAnyCaseAndWithoutPatternsMoreIsReached() {
    assertThat(new TableSelection(List.of("SHOP.x"), List.of(), true).mayReachInto("shop"))
        .isTrue();
    assertThat(TableSelection.ALL.mayReachInto("shop")).isTrue();
  }
}
