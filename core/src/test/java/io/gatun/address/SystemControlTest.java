package io.gatun.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatun.os.Abi;
import io.gatun.os.Arch;
import io.gatun.os.Memory;
import io.gatun.os.Os;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

final class SystemControlTest {
  private static final Abi MACOS = Abi.of(Os.MACOS, Arch.AARCH64);

  @Test
  void theBytesAreThoseOfMacOs() {
    // What follows 20 20 (the length and AF_SYSTEM): AF_SYS_CONTROL, the id, the unit, reserved.
    assertEquals(
        "0200" + "05000000" + "07000000" + "00".repeat(20),
        HexFormat.of().formatHex(SystemControl.data(MACOS, 5, 7)));
  }

  @Test
  void aNameIsAskedForBehindTheRoomForItsNumber() {
    try (Arena arena = Arena.ofConfined()) {
      byte[] bytes = new byte[100];
      Memory.get(SystemControl.question(MACOS, "utun", arena), bytes, 0, bytes.length);
      assertEquals("00000000" + "7574756e" + "00".repeat(92), HexFormat.of().formatHex(bytes));
      String long96 = "x".repeat(96);
      assertThrows(
          IllegalArgumentException.class, () -> SystemControl.question(MACOS, long96, arena));
    }
  }

  @Test
  @DisabledOnOs(OS.MAC)
  void otherSystemsHaveNone() {
    Exception e = assertThrows(IllegalArgumentException.class, () -> SystemControl.of(1, 0));
    assertEquals(Abi.HOST.os() + " has no constant AF_SYSTEM", e.getMessage());
  }

  @Test
  @EnabledOnOs(value = OS.MAC, disabledReason = "kernel controls are macOS's")
  void aControlIsFoundByItsName() throws IOException {
    Address utun = SystemControl.named("com.apple.net.utun_control");
    assertEquals("AF_SYSTEM", utun.family().toString());
    assertThrows(IOException.class, () -> SystemControl.named("no.such.control"));
  }
}
