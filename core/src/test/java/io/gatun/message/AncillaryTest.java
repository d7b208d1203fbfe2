package io.gatun.message;

import static io.gatun.os.Constants.AF_INET;
import static io.gatun.os.Constants.AF_INET6;
import static io.gatun.os.Constants.SOL_SOCKET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.address.Ipv4Address;
import io.gatun.address.Ipv6Address;
import io.gatun.os.Abi;
import io.gatun.os.Cmsghdr;
import io.gatun.os.Errno;
import io.gatun.os.Memory;
import io.gatun.os.Struct;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
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

  @Test
  void aPieceThatIsTooShortForItsKindIsNotRead() {
    try (Arena arena = Arena.ofConfined()) {
      long control = arena.allocate(1024, 8).address();
      for (int size = 0; size < Integer.BYTES; size++) {
        byte[] few = new byte[size];
        Arrays.fill(few, (byte) 7);
        // Memory behind the piece that would be taken for its value.
        byte[] behind = new byte[64];
        Arrays.fill(behind, (byte) 7);
        Memory.set(control + Cmsghdr.length(0), behind, 0, behind.length);
        long end =
            Ancillary.write(control, new AncillaryData(SOL_SOCKET, AncillaryData.SCM_RIGHTS, few));
        assertFalse(Ancillary.hasDescriptors(control, (int) (end - control)));
      }
      Abi abi = Abi.HOST;
      assumeTrue(abi.has("IP_PKTINFO") && abi.has("SCM_CREDENTIALS"), "pieces of Linux");
      int ip = abi.value("IPPROTO_IP");
      byte[] few = new byte[11];
      int length = one(control, ip, abi.value("IP_PKTINFO"), few);
      assertNull(Ancillary.destination(control, length));
      assertEquals(Ancillary.NO_INTERFACE, Ancillary.interfaceIndex(control, length));
      length = one(control, SOL_SOCKET, abi.value("SCM_CREDENTIALS"), few);
      assertNull(Ancillary.credentials(control, length));
      length = one(control, SOL_SOCKET, abi.value("SCM_TIMESTAMPING"), new byte[47]);
      assertEquals(0, Ancillary.hardwareTimestamp(control, length));
      assertEquals(0, Ancillary.timestamp(control, length));
    }
  }

  private static int one(long control, int level, int type, byte[] data) {
    return (int) (Ancillary.write(control, new AncillaryData(level, type, data)) - control);
  }

  @Test
  void aTimeIsReadInItsOwnUnits() {
    Struct timeval = Abi.HOST.structs().get("timeval");
    assumeTrue(timeval != null && Abi.HOST.has("SCM_TIMESTAMP"), "this system tells no times");
    try (Arena arena = Arena.ofConfined()) {
      long control = arena.allocate(1024, 8).address();
      int type = Abi.HOST.value("SCM_TIMESTAMP");
      int length = one(control, SOL_SOCKET, type, new byte[timeval.size()]);
      timeval.set(Cmsghdr.data(control), "tv_sec", 3);
      timeval.set(Cmsghdr.data(control), "tv_usec", 999_999);
      assertEquals(3_999_999_000L, Ancillary.timestamp(control, length));
    }
  }

  @Test
  void theDevicesTimeIsTheLastOfThree() {
    assumeTrue(Abi.HOST.has("SCM_TIMESTAMPING"), "Linux tells three times");
    try (Arena arena = Arena.ofConfined()) {
      long control = arena.allocate(1024, 8).address();
      int type = Abi.HOST.value("SCM_TIMESTAMPING");
      ByteBuffer times = ByteBuffer.allocate(48).order(ByteOrder.nativeOrder());
      for (long number = 1; number <= 6; number++) {
        times.putLong(number);
      }
      int length = one(control, SOL_SOCKET, type, times.array());
      assertEquals(1_000_000_002L, Ancillary.timestamp(control, length));
      assertEquals(5_000_000_006L, Ancillary.hardwareTimestamp(control, length));
    }
  }

  @Test
  void aSourceOfTheOtherFamilyIsRefused() {
    assumeTrue(
        Abi.HOST.has("IP_PKTINFO") && Abi.HOST.has("IPV6_PKTINFO"), "no source can be told here");
    try (Arena arena = Arena.ofConfined()) {
      long head = arena.allocate(1024, 8).address();
      Ipv4Address v4 = Ipv4Address.loopback(0);
      Ipv6Address v6 = Ipv6Address.loopback(0);
      assertEquals(-Errno.EINVAL, Ancillary.writeSource(head, AF_INET6, v4, 0));
      assertEquals(-Errno.EINVAL, Ancillary.writeSource(head, AF_INET, v6, 0));
      int length = (int) (Ancillary.writeSource(head, AF_INET6, v6, 5) - head);
      assertEquals(v6, Ancillary.destination(head, length));
      assertEquals(5, Ancillary.interfaceIndex(head, length));
    }
  }
}
