package io.gatun.address;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatun.fuzz.Guarded;
import io.gatun.fuzz.Texts;
import io.gatun.os.Abi;
import io.gatun.os.Arch;
import io.gatun.os.Memory;
import io.gatun.os.Os;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The decoders of addresses, given any bytes. */
public final class AddressDecoders {
  /** One of each form. */
  public static final List<String> TEXTS =
      List.of(
          "127.0.0.1:80",
          "<broadcast>:80",
          "*:80",
          "[::1]:80",
          "[fe80::1%lo]:80",
          "[1:2::8]:80;flow=5",
          "[::ffff:1.2.3.4]:1",
          "unix:/run/x",
          "unix:@x\\x00\\\\",
          "unix:",
          "netlink:0,1",
          "tipc:2,18888,17,0,2",
          "tipc:3,1,2,0,255",
          "can:lo",
          "can:3,2015,2024",
          "can:3,0,60416,32",
          "packet:2,2048,0,1,02:00:00:00:00:01",
          "vsock:2,1024",
          "alg:0,0,hash,sha256",
          "l2cap:25,0,0,00:11:22:33:44:55",
          "rfcomm:1,00:11:22:33:44:55",
          "hci:0,0",
          "sco:00:11:22:33:44:55",
          "qipcrtr:1,2",
          "system:1,0",
          "link:1,6,en0,02:00:00:00:00:01",
          "hyperv:e0e16197-dd56-4a10-9195-5ee7a155a838,00000000-0000-0000-0000-000000000000",
          "raw:16:0a0b");

  private static final List<Protocol> PROTOCOLS =
      List.of(
          Protocol.DEFAULT,
          new Protocol(Abi.HOST.valueOr("CAN_RAW", 1)),
          new Protocol(Abi.HOST.valueOr("CAN_ISOTP", 6)),
          new Protocol(Abi.HOST.valueOr("CAN_J1939", 7)));

  /** As one system has them. */
  private record Layouts(Os os, SockaddrLayout layout, OtherSockaddr other) {
    static Layouts of(Os os) {
      Abi abi = Abi.of(os, Arch.AARCH64);
      return new Layouts(os, SockaddrLayout.of(abi), new OtherSockaddr(abi));
    }

    Address decode(long memory, int length, int protocol) {
      if (layout.isOther(memory, length)) {
        int end = Math.min(length, Sockaddr.SIZE);
        Address found = other.decode(layout.family(memory), memory, end, protocol);
        if (found != null) {
          return found;
        }
      }
      return layout.decode(memory, length);
    }

    int encode(Address address, long memory) {
      return address instanceof OtherAddress o
          ? other.encode(o, memory)
          : layout.encode(address, memory);
    }
  }

  private static final List<Layouts> SYSTEMS = Arrays.stream(Os.values()).map(Layouts::of).toList();

  private AddressDecoders() {}

  /** The first byte chooses the socket's protocol. */
  public static void host(byte[] data) {
    if (data.length == 0) {
      return;
    }
    Protocol protocol = PROTOCOLS.get((data[0] & 0xff) % PROTOCOLS.size());
    byte[] bytes = Arrays.copyOfRange(data, 1, data.length);
    byte[] readable = Arrays.copyOf(bytes, Math.min(bytes.length, Sockaddr.SIZE));
    Address address =
        Guarded.reading(readable, memory -> Sockaddr.decode(memory, bytes.length, protocol));
    check(address);
    Address again =
        Guarded.using(
            Sockaddr.SIZE,
            memory -> {
              int length = Sockaddr.encode(address, memory);
              return length < 0 ? address : Sockaddr.decode(memory, length, protocol);
            });
    assertEquals(address, again);
  }

  /** The first byte chooses the system, the second the protocol. */
  public static void foreign(byte[] data) {
    if (data.length < 2) {
      return;
    }
    Layouts system = SYSTEMS.get((data[0] & 0xff) % SYSTEMS.size());
    int protocol = PROTOCOLS.get((data[1] & 0xff) % PROTOCOLS.size()).number();
    byte[] bytes = Arrays.copyOfRange(data, 2, data.length);
    byte[] readable = Arrays.copyOf(bytes, Math.min(bytes.length, Sockaddr.SIZE));
    Address address =
        Guarded.reading(readable, memory -> system.decode(memory, bytes.length, protocol));
    check(address);
    Address again =
        Guarded.using(
            Sockaddr.SIZE,
            memory -> {
              int length = system.encode(address, memory);
              return length < 0 ? address : system.decode(memory, length, protocol);
            });
    assertEquals(address, again, () -> system.os().toString());
  }

  private static void check(Address address) {
    assertEquals(address, Address.parse(address.toString()));
    assertEquals(address.hashCode(), Address.parse(address.toString()).hashCode());
    try {
      assertEquals(address.family(), Address.of(address.toSocketAddress()).family());
    } catch (UnsupportedOperationException e) { // as documented
      Texts.checkLine(e);
    }
  }

  /** A text; what it says is written for every system, and nothing behind it. */
  public static void text(byte[] data) {
    String text = new String(data, UTF_8);
    Address address;
    try {
      address = Address.parse(text);
    } catch (AddressFormatException e) {
      Texts.checkLine(e);
      return;
    }
    check(address);
    for (Layouts system : SYSTEMS) {
      int length = Guarded.using(Sockaddr.SIZE, memory -> system.encode(address, memory));
      assertEquals(true, length <= Sockaddr.SIZE);
    }
  }

  /** Addresses of this system, without a protocol. */
  public static List<byte[]> hostSeeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (String text : TEXTS) {
      int protocol = text.startsWith("can:3,2") ? 2 : text.startsWith("can:3,0") ? 3 : 0;
      byte[] seed =
          Guarded.using(
              Sockaddr.SIZE,
              memory -> bytes(Sockaddr.encode(Address.parse(text), memory), memory, protocol));
      if (seed.length > 1) {
        seeds.add(seed);
      }
    }
    return seeds;
  }

  /** Addresses of all systems. */
  public static List<byte[]> foreignSeeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (Layouts system : SYSTEMS) {
      for (String text : TEXTS) {
        int protocol = text.startsWith("can:3,2") ? 2 : text.startsWith("can:3,0") ? 3 : 0;
        int number = SYSTEMS.indexOf(system);
        byte[] seed =
            Guarded.using(
                Sockaddr.SIZE,
                memory ->
                    bytes(system.encode(Address.parse(text), memory), memory, number, protocol));
        if (seed.length > 2) {
          seeds.add(seed);
        }
      }
    }
    return seeds;
  }

  /** The choices, and so many bytes of memory. */
  private static byte[] bytes(int length, long memory, int... choices) {
    byte[] all = new byte[choices.length + Math.max(length, 0)];
    for (int i = 0; i < choices.length; i++) {
      all[i] = (byte) choices[i];
    }
    Memory.get(memory, all, choices.length, all.length - choices.length);
    return all;
  }
}
