package io.gatun.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.error.SocketErrors;
import io.gatun.os.Abi;
import io.gatun.os.Errno;
import io.gatun.os.Memory;
import java.lang.foreign.Arena;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "the families are Linux's")
final class OtherSockaddrTest {
  private static final HardwareAddress DEVICE = HardwareAddress.parse("00:11:22:33:44:55");

  private final Arena arena = Arena.ofConfined();
  private final long memory = arena.allocate(Sockaddr.SIZE, 8).address();

  @AfterEach
  void free() {
    arena.close();
  }

  private String encoded(Address address) {
    for (int i = 0; i < Sockaddr.SIZE; i++) {
      Memory.setByte(memory + i, (byte) 0xee);
    }
    int length = Sockaddr.encode(address, memory);
    assertTrue(length > 0, () -> Errno.name(-length));
    byte[] bytes = new byte[length];
    Memory.get(memory, bytes, 0, length);
    return HexFormat.of().formatHex(bytes);
  }

  /** On machines whose lowest byte comes first, as all that Gatun describes. */
  @Test
  void bytesAreThoseOfTheHeaders() {
    assertEquals("100000000700000003000000", encoded(new NetlinkAddress(7, 3)));
    assertEquals(
        "1e000202" + "c8490000" + "11000000" + "00000000", encoded(TipcAddress.name(18888, 17)));
    assertEquals("1e000300" + "09000000" + "05000000" + "00000000", encoded(TipcAddress.id(5, 9)));
    assertEquals("1d000000" + "03000000" + "00".repeat(16), encoded(new CanAddress.Raw(3)));
    assertEquals(
        "1d000000" + "03000000" + "e8070000" + "e0070000",
        encoded(new CanAddress.IsoTp(3, 0x7e8, 0x7e0)));
    assertEquals(
        "1d000000" + "03000000" + "0200000000000000" + "00ec0000" + "20000000",
        encoded(new CanAddress.J1939(3, 2, 0xec00, 0x20)));
    assertEquals(
        "1100" + "0800" + "02000000" + "0100" + "04" + "06" + "0011223344550000",
        encoded(new PacketAddress(2, 0x800, 4, 1, DEVICE)));
    assertEquals(
        "28000000" + "00040000" + "02000000" + "00000000", encoded(new VsockAddress(2, 1024)));
    assertEquals("2a000000" + "01000000" + "02000000", encoded(new QipcrtrAddress(1, 2)));
    assertEquals(
        "1f00" + "1900" + "554433221100" + "0400" + "0200",
        encoded(new BluetoothAddress.L2cap(DEVICE, 25, 4, 2)));
    assertEquals("1f00" + "554433221100" + "0100", encoded(new BluetoothAddress.Rfcomm(DEVICE, 1)));
    assertEquals("1f00" + "0300" + "0100", encoded(new BluetoothAddress.Hci(3, 1)));
    assertEquals("1f00" + "554433221100", encoded(new BluetoothAddress.Sco(DEVICE)));
    assertTrue(
        encoded(new AlgAddress("hash", "sha1", 1, 2))
            .startsWith(
                "2600"
                    + "68617368"
                    + "00".repeat(10)
                    + "01000000"
                    + "02000000"
                    + "73686131"
                    + "00"));
  }

  @Test
  void whatIsEncodedIsDecodedAndReadAsTheSame() {
    for (Address address :
        List.of(
            new NetlinkAddress(-1, 1 << 31),
            TipcAddress.range(1, 2, -1),
            TipcAddress.name(1, 2),
            new TipcAddress(2, 1, 2, 3, -3),
            TipcAddress.id(-5, 9),
            new CanAddress.Raw(0),
            new CanAddress.IsoTp(3, 1, 0x98DA00F1),
            new CanAddress.J1939(3, -1, 0x40000, 255),
            new AlgAddress("aead", "authenc(hmac(sha1),cbc(aes))\\"),
            new PacketAddress(2, 3),
            new PacketAddress(2, 0xffff, 255, 0xffff, DEVICE),
            new VsockAddress(-1, -1),
            new QipcrtrAddress(1, -2),
            new BluetoothAddress.L2cap(DEVICE, 0xffff, 0xffff, 255),
            new BluetoothAddress.Rfcomm(BluetoothAddress.LOCAL, 30),
            new BluetoothAddress.Hci(0xffff, 1),
            new BluetoothAddress.Sco(BluetoothAddress.ANY))) {
      assertEquals(address, Sockaddr.decode(memory, Sockaddr.encode(address, memory)));
      assertEquals(address, Address.parse(address.toString()), address::toString);
      assertThrows(UnsupportedOperationException.class, address::toSocketAddress);
    }
  }

  @Test
  void anAddressOfAnotherSystemIsTextAndRefusedByThisOne() {
    for (String text :
        List.of(
            "system:5,0",
            "link:1,6,en0,02:00:00:00:00:01",
            "hyperv:" + HypervAddress.PARENT + "," + HypervAddress.WILDCARD)) {
      Address address = Address.parse(text);
      assertEquals(text, address.toString());
      assertEquals(-Errno.EAFNOSUPPORT, Sockaddr.encode(address, memory));
    }
  }

  @Test
  void theProtocolTellsWhatACanAddressIs() {
    Sockaddr.encode(new CanAddress.J1939(3, 2, 0xec00, 0x20), memory);
    assertEquals(new CanAddress.Raw(3), Sockaddr.decode(memory, 24, Protocol.of("CAN_RAW")));
    assertEquals(
        new CanAddress.IsoTp(3, 2, 0), Sockaddr.decode(memory, 24, Protocol.of("CAN_ISOTP")));
    Sockaddr.encode(new CanAddress.Raw(3), memory);
    assertEquals(
        new CanAddress.J1939(3, 0, 0, 0), Sockaddr.decode(memory, 24, Protocol.of("CAN_J1939")));
  }

  @Test
  void anAlgorithmThatDoesNotFitIsRefusedAndNotCut() {
    AlgAddress longType = new AlgAddress("x".repeat(14), "sha1");
    assertEquals(-Errno.ENAMETOOLONG, Sockaddr.encode(longType, memory));
    AlgAddress tooLong = new AlgAddress("hash", "x".repeat(64));
    int result = Sockaddr.encode(tooLong, memory);
    assertEquals(-Errno.ENAMETOOLONG, result);
    assertTrue(
        SocketErrors.of("bind", tooLong, result)
            .toString()
            .endsWith("the type may have 13 bytes and the name 63"));
  }

  @Test
  void textThatIsNoAddressIsToldApart() {
    for (String text :
        List.of(
            "netlink:",
            "netlink:1",
            "netlink:1,2,3",
            "netlink:-1,2",
            "netlink:4294967296,0",
            "tipc:4,1,2,3,0",
            "tipc:3,1,2,3,0",
            "can:",
            "can:no-such-if",
            "can:1,2",
            "can:1,2,3,256",
            "can:1,99999999999,3",
            "packet:1,2,3,4",
            "packet:1,2,3,4,zz",
            "l2cap:1,2,3,00:11",
            "alg:0,0,x",
            "hyperv:1,2,3",
            "sco:",
            "hci:70000,0",
            "link:1,2,\\q,")) {
      assertThrows(AddressFormatException.class, () -> Address.parse(text), text);
    }
  }

  @Test
  void anyBytesOfAnyLengthAndProtocolAreAnAddressThatReadsNothingBehindThem() {
    Random random = new Random(7);
    int[] families =
        Abi.HOST.constants().entrySet().stream()
            .filter(entry -> entry.getKey().startsWith("AF_"))
            .mapToInt(java.util.Map.Entry::getValue)
            .toArray();
    byte[] bytes = new byte[Sockaddr.SIZE];
    for (int i = 0; i < 200_000; i++) {
      random.nextBytes(bytes);
      if (random.nextBoolean()) { // small numbers are what lengths and types are
        for (int j = 2; j < bytes.length; j++) {
          bytes[j] &= (byte) random.nextInt(16);
        }
      }
      int family = families[random.nextInt(families.length)];
      bytes[0] = (byte) family;
      bytes[1] = (byte) (family >>> 8);
      int length = random.nextInt(-2, 140);
      Protocol protocol = new Protocol(random.nextInt(9));
      Memory.set(memory, bytes, 0, bytes.length);
      Address address = Sockaddr.decode(memory, length, protocol);
      assertEquals(address, Address.parse(address.toString()), address::toString);
      for (int j = Math.max(0, length); j < bytes.length; j++) {
        Memory.setByte(memory + j, (byte) ~bytes[j]);
      }
      assertEquals(address, Sockaddr.decode(memory, length, protocol));
      int again = Sockaddr.encode(address, memory);
      if (again >= 0) {
        assertEquals(address, Sockaddr.decode(memory, again, protocol), address::toString);
      } else {
        assertEquals(-Errno.ENAMETOOLONG, again);
      }
    }
  }
}
