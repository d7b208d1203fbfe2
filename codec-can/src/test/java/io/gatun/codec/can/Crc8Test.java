package io.gatun.codec.can;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checksums are those that AUTOSAR's specification of its CRC library gives for these bytes. */
final class Crc8Test {
  @ParameterizedTest
  @CsvSource({
    "00000000,         59, 12",
    "F20183,           37, C2",
    "0FAA0055,         79, C6",
    "00FF5511,         B8, 77",
    "332255AABBCCDDEEFF, CB, 11",
    "926B55,           8C, 33",
    "FFFFFFFF,         74, 6C",
  })
  void profilesGiveTheirCheckValues(String bytes, String j1850, String h2f) {
    byte[] data = CanData.parse(bytes).toArray();
    assertEquals(Integer.parseInt(j1850, 16), Crc8.SAE_J1850.of(data));
    assertEquals(Integer.parseInt(h2f, 16), Crc8.AUTOSAR_8H2F.of(data));
  }

  @Test
  void aBuffersBytesAndSingleBytesGiveTheSame() {
    byte[] data = "0123456789".getBytes(StandardCharsets.US_ASCII);
    Crc8 crc = new Crc8(0x07, 0, 0); // CRC-8 SMBus, whose check value is of 1 to 9
    assertEquals(0xf4, crc.of(Unpooled.wrappedBuffer(data), 1, 9));
    int state = crc.start();
    for (int i = 1; i <= 9; i++) {
      state = crc.add(state, '0' + i);
    }
    assertEquals(0xf4, crc.end(state));
    assertEquals(0x4b, Crc8.SAE_J1850.of(Unpooled.wrappedBuffer(data), 1, 9));
    assertEquals(0xdf, Crc8.AUTOSAR_8H2F.of(Unpooled.wrappedBuffer(data), 1, 9));
  }

  @Test
  void valuesOfMoreThanEightBitsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Crc8(0x11d, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new Crc8(0x1d, -1, 0));
  }
}
