package io.varve.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.store.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PartEncoderTest {

  private static final List<ColumnForm> FORMS =
      List.of(ColumnForm.FIXED, ColumnForm.BYTES, ColumnForm.DIGEST, ColumnForm.BYTES);

  @Test
  void rowsComeBackAsTheyWereWithEveryByteAndEveryNull() throws IOException {
    List<byte[] @Nullable []> rows = randomRows(3_000);
    EncodedPart part = encode(rows, 3);

    TsvReader reader = new TsvReader(PartDecoder.text(stored(part)), FORMS.size());
    for (byte[] @Nullable [] row : rows) {
      assertThat(Arrays.deepEquals(fields(reader.next()), row)).isTrue();
    }
    assertThat(reader.next()).isNull();
    assertThat(part.checksum().rows()).isEqualTo(rows.size());
    assertThat(PartDecoder.checksum(stored(part), FORMS)).isEqualTo(part.checksum());
  }

  @Test
  void aHigherLevelMakesSmallerPartsOfTheSameRows() throws IOException {
    List<byte[] @Nullable []> rows = new ArrayList<>();
    Random random = new Random(5);
    for (int i = 0; i < 20_000; i++) {
      rows.add(
          row(Integer.toString(i), "order " + random.nextInt(50), "city " + random.nextInt(9)));
    }
    EncodedPart fast = encode(rows, 1);
    EncodedPart middle = encode(rows, 7);
    EncodedPart small = encode(rows, 19);
    assertThat(middle.content().size()).isLessThan(fast.content().size());
    assertThat(small.content().size()).isLessThan(middle.content().size());
    assertThat(PartDecoder.checksum(stored(small), FORMS)).isEqualTo(fast.checksum());
  }

  @Test
  void theTextIsThatOfLoadDataAndItsSizeIsCounted() throws IOException {
    byte[] @Nullable [] row = {bytes("1"), bytes("a\tb\nc\\d\0e\r"), null, bytes("")};
    EncodedPart part = encode(Collections.singletonList(row), 1);

    byte[] text = PartDecoder.text(stored(part)).readAllBytes();
    assertThat(new String(text, UTF_8)).isEqualTo("1\ta\\tb\\nc\\\\d\\0e\r\t\\N\t\n");
    assertThat(part.rawBytes()).isEqualTo(text.length);
  }

  @Test
  void aRowLargerThanAllBuffersPasses() throws IOException {
    byte[] large = new byte[20_000_000];
    new Random(7).nextBytes(large);
    byte[] @Nullable [] row = {bytes("1"), bytes("x"), large, null};
    EncodedPart part = encode(List.of(row, row), 1);

    TsvReader reader = new TsvReader(PartDecoder.text(stored(part)), FORMS.size());
    assertThat(Arrays.deepEquals(fields(reader.next()), row)).isTrue();
    assertThat(Arrays.deepEquals(fields(reader.next()), row)).isTrue();
  }

  @Test
  void contentCanBeReadAgainAndCarriesItsHash() throws IOException {
    EncodedPart part = encode(randomRows(20_000), 1);

    byte[] first = all(part);
    assertThat(all(part)).isEqualTo(first);
    assertThat(part.content().size()).isEqualTo(first.length);
    assertThat(part.content().sha256()).isEqualTo(Sha256.of(first));
  }

  @Test
  void theChecksumDoesNotDependOnTheOrderOfRows() {
    List<byte[] @Nullable []> rows = randomRows(500);
    RowChecksum forwards = encode(rows, 1).checksum();
    Collections.shuffle(rows, new Random(3));
    assertThat(encode(rows, 1).checksum()).isEqualTo(forwards);
  }

  @Test
  void theSameFlagSetInTwoAlikeRowsShows() {
    // what a XOR or a sum of CRC32 cannot see, for CRC is linear
    RowChecksum before = encode(List.of(row("1", "0", "x"), row("2", "0", "x")), 1).checksum();
    RowChecksum after = encode(List.of(row("1", "1", "x"), row("2", "1", "x")), 1).checksum();
    assertThat(after.xor()).isNotEqualTo(before.xor());
  }

  @Test
  void aRowThatOccursTwiceShowsInTheSumAlone() {
    byte[] @Nullable [] row = row("1", "0", "x");
    RowChecksum twice = encode(List.of(row, row), 1).checksum();
    RowChecksum fourTimes = encode(List.of(row, row, row, row), 1).checksum();
    assertThat(twice.xor()).isEqualTo(fourTimes.xor());
    assertThat(twice.sum()).isNotEqualTo(fourTimes.sum());
  }

  @Test
  void noTwoRowsAreTakenForOne() {
    RowHasher hasher = new RowHasher(FORMS);
    List<byte[] @Nullable []> rows =
        List.of(
            row("1", "a\0b", "c"),
            row("1", "a", "b\0c"),
            row("1", "", "a"),
            new byte[] @Nullable [] {bytes("1"), null, null, bytes("a")},
            new byte[] @Nullable [] {bytes("1"), bytes("a"), null, null},
            new byte[] @Nullable [] {bytes("1"), null, null, null},
            new byte[] @Nullable [] {null, null, null, null},
            new byte[] @Nullable [] {null, bytes(""), null, null},
            new byte[] @Nullable [] {null, null, bytes(""), null},
            new byte[] @Nullable [] {null, null, null, bytes("")});
    assertThat(rows.stream().map(Row::of).map(hasher::hash).distinct()).hasSize(rows.size());
  }

  @Test
  void textThatWasNeverWrittenIsRefused() {
    assertThatThrownBy(() -> read("1\t2\n", 3)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> read("1\t2\t3\t4\n", 3)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> read("1\t2\t3", 3)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> read("1\t2\t\\q\n", 3)).isInstanceOf(IOException.class);
  }

  private static void read(String text, int columns) throws IOException {
    new TsvReader(new ByteArrayInputStream(bytes(text)), columns).next();
  }

  private static EncodedPart encode(List<byte[] @Nullable []> rows, int level) {
    try (PartEncoder encoder = new PartEncoder(level, new BlockPool())) {
      encoder.begin(FORMS);
      rows.forEach(row -> encoder.add(Row.of(row)));
      return encoder.finish();
    }
  }

  private static byte[] @Nullable [] fields(@Nullable Row row) {
    byte[] @Nullable [] fields = new byte[FORMS.size()][];
    for (int i = 0; row != null && i < fields.length; i++) {
      fields[i] = row.value(i);
    }
    return fields;
  }

  private static byte[] all(EncodedPart part) throws IOException {
    try (InputStream in = part.content().open()) {
      return in.readAllBytes();
    }
  }

  private static StoredBytes stored(EncodedPart part) throws IOException {
    StoredBytes stored = new StoredBytes();
    try (InputStream in = part.content().open()) {
      byte[] room = stored.room(part.content().size());
      stored.filled(in.readNBytes(room, 0, room.length));
    }
    return stored;
  }

  private static List<byte[] @Nullable []> randomRows(int count) {
    Random random = new Random(42);
    List<byte[] @Nullable []> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] any = new byte[random.nextInt(300)];
      random.nextBytes(any);
      byte[] nasty = new byte[random.nextInt(20)];
      for (int at = 0; at < nasty.length; at++) {
        nasty[at] = (byte) "\t\n\\\0N,'\"\r\032".charAt(random.nextInt(10));
      }
      rows.add(
          new byte[] @Nullable [] {
            bytes(Integer.toString(i)),
            random.nextInt(5) == 0 ? null : any,
            random.nextInt(5) == 0 ? null : any,
            nasty
          });
    }
    return rows;
  }

  private static byte[] @Nullable [] row(String fixed, String first, String second) {
    return new byte[] @Nullable [] {bytes(fixed), bytes(first), null, bytes(second)};
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
