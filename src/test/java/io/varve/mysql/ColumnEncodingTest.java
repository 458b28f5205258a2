package io.varve.mysql;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.InvalidRequestException;
import org.junit.jupiter.api.Test;

class ColumnEncodingTest {

  @Test
  void refusesATypeThatIsNotKnownAndNamesTheColumn() {
    assertThatThrownBy(
            () ->
                ColumnEncoding.of(
                    new TableName("shop", "orders"), "payload", "xmltype", "xmltype(20)", 20))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("table shop.orders")
        .hasMessageContaining("column payload")
        .hasMessageContaining("xmltype(20)")
        .hasMessageContaining("Exclude the table");
  }
}
