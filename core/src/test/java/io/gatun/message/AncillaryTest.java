package io.gatun.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.os.Memory;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class AncillaryTest {
  @Test
  void ancillaryDataOfAnyBytesAreReadWithinThem() {
    Random random = new Random(8);
    try (Arena arena = Arena.ofConfined()) {
      byte[] bytes = new byte[256];
      long memory = arena.allocate(2L * bytes.length, 8).address();
      for (int i = 0; i < 200_000; i++) {
        random.nextBytes(bytes);
        for (int j = 0; j < bytes.length && random.nextInt(8) > 0; j += 8) {
          bytes[j] = (byte) random.nextInt(64); // lengths that may be true
          for (int k = 1; k < 8; k++) {
            bytes[j + k] = (byte) (random.nextInt(20) == 0 ? -1 : 0);
          }
        }
        int length = random.nextInt(bytes.length);
        Memory.set(memory, bytes, 0, bytes.length);
        List<AncillaryData> pieces = Ancillary.decode(memory, length);
        assertTrue(pieces.stream().mapToInt(AncillaryData::length).sum() <= length);
        for (int j = length; j < bytes.length; j++) {
          Memory.setByte(memory + j, (byte) ~bytes[j]);
        }
        assertEquals(pieces, Ancillary.decode(memory, length));
      }
    }
  }

  @Test
  void whatIsWrittenIsReadAsTheSame() {
    List<AncillaryData> pieces = new ArrayList<>();
    for (int size : new int[] {0, 1, 4, 7, 8, 9, 100}) {
      pieces.add(new AncillaryData(size, -size, new byte[size]));
    }
    try (Arena arena = Arena.ofConfined()) {
      long control = arena.allocate(1024, 8).address();
      long head = control;
      for (AncillaryData piece : pieces) {
        head = Ancillary.write(head, piece);
      }
      assertEquals(pieces, Ancillary.decode(control, (int) (head - control)));
    }
  }
}
