package io.gatun.address;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1:80",
        "0.0.0.0:0",
        "255.255.255.255:65535",
        "[::]:80",
        "[::1]:80",
        "[1::]:80",
        "[2001:db8::1]:443",
        "[fe80::1%2]:80",
        "[fe80::1%4294967295]:80;flow=1048575",
        "[::ffff:1.2.3.4]:80",
        // RFC 5952 §4.2: the longest run, the first of equal ones, and never a single group.
        "[2001:0:0:1::1]:80",
        "[2001:db8::1:0:0:1]:80",
        "[2001:db8:0:1:1:1:1:1]:80",
        "[1:2:3:4:5:6:7:8]:80",
        "unix:",
        "unix:/run/x.sock",
        "unix:relative",
        "unix:/with space/grüße",
        "unix:@",
        "unix:@name",
        "unix:\\x40path",
        "unix:/a@b",
        "unix:/back\\\\slash",
        "unix:/\\x0a\\x7f\\xff",
        "unix:@a\\x00b",
        "raw:0:",
        "raw:16:0000000001ff",
      })
  void canonicalTextIsReadAndWrittenAsItIs(String text) {
    assertEquals(text, Address.parse(text).toString());
  }

  @ParameterizedTest
  @CsvSource({
    "*:80, 0.0.0.0:80",
    "[0:0:0:0:0:0:0:1]:80, [::1]:80",
    "[2001:DB8::A]:80, [2001:db8::a]:80",
    "[2001:0db8::000a]:80, [2001:db8::a]:80",
    "[0:0:0:0:0:ffff:1.2.3.4]:80, [::ffff:1.2.3.4]:80",
    "[::1.2.3.4]:80, [::102:304]:80",
    "[64:ff9b::1.2.3.4]:80, [64:ff9b::102:304]:80",
    "[1:2:3:4:5:6:7::]:80, [1:2:3:4:5:6:7:0]:80",
    "[::2:3:4:5:6:7:8]:80, [0:2:3:4:5:6:7:8]:80",
    "[1:2:3:4:5:6:1.2.3.4]:80, [1:2:3:4:5:6:102:304]:80",
    "[::1%0]:80, [::1]:80",
    "[::1]:80;flow=0, [::1]:80",
    "unix:/\\x61, unix:/a",
    "unix:\\x40\\x41, unix:\\x40A",
    "raw:16:AB, raw:16:ab",
  })
  void otherFormsAreRead(String text, String canonical) {
    assertEquals(canonical, Address.parse(text).toString());
  }

  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "80, 2",
    "127.0.0.1, 9",
    "127.0.0.1:, 10",
    "127.0.0.1:080, 10",
    "127.0.0.1:65536, 10",
    "127.0.0.1:99999999999999999999, 10",
    "127.0.0.1:-1, 10",
    "127.0.0.1:80x, 12",
    "' 127.0.0.1:80', 0",
    "127.0.0:80, 7",
    "127.0.0.1.1:80, 9",
    "127.0.0.01:80, 8",
    "0127.0.0.1:80, 0",
    "0x7f.0.0.1:80, 1",
    "127.0.0.256:80, 8",
    "127..0.1:80, 4",
    "localhost:80, 0",
    "::1:80, 0",
    "2001:db8::1, 0",
    "[::1], 5",
    "[::1:80, 7",
    "[]:80, 1",
    "[:]:80, 1",
    "[:1::2]:80, 1",
    "[1:2:3:4:5:6:7]:80, 14",
    "[1:2:3:4:5:6:7:8:9]:80, 17",
    "[1:2:3:4:5:6:7:1.2.3.4]:80, 15",
    "[1::2::3]:80, 5",
    "[:::]:80, 3",
    "[1:2:3:4:5:6:7:8::]:80, 1",
    "[1:]:80, 3",
    "[12345::]:80, 1",
    "[::g]:80, 3",
    "[::1.2.3]:80, 8",
    "[::01.2.3.4]:80, 3",
    "[::1.2.3.4:5]:80, 10",
    "[fe80::1%]:80, 9",
    "[fe80::1%02]:80, 9",
    "[fe80::1%4294967296]:80, 9",
    "[fe80::1%nosuchif0]:80, 9",
    "[::1]:80;flow=, 14",
    "[::1]:80;scope=1, 8",
    "'unix:/a\\', 8",
    "'unix:/a\\n', 8",
    "'unix:/a\\x1', 8",
    "'unix:/a\\xg0', 8",
    "'unix:/a\\x00', 7",
    "raw:16, 6",
    "raw:16:abc, 4",
    "raw:70000:ab, 4",
    "Unix:/a, 0",
    "[::\uff11]:80, 3",
    "\uff11.0.0.1:80, 0",
  })
  void whatIsNoAddressIsRefusedWithTheTextAndThePlace(String text, int index) {
    AddressFormatException wrong =
        assertThrows(AddressFormatException.class, () -> Address.parse(text));
    String message = String.valueOf(wrong.getMessage());
    assertEquals(index, wrong.index(), message);
    assertTrue(message.startsWith("\"" + text + "\": "), message);
    assertTrue(message.endsWith(", at index " + index), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "localhost:80 | expected is an address such as 127.0.0.1:80, [::1]:80, *:80 or unix:/run/x"
            + " (a name is for Resolver)",
        "tcp://127.0.0.1:80 | expected is an address such as 127.0.0.1:80,",
        "127.0.0.1 | ':' is missing (expected: A.B.C.D:PORT)",
        "127.0.0.1: | the port is missing, a number in 0..65535 (expected: A.B.C.D:PORT)",
        "127.0.0.1:65536 | the port is not in 0..65535 (expected: A.B.C.D:PORT)",
        "127.0.0.1:80:90 | the address should end here (expected: A.B.C.D:PORT)",
        "*:http | the port is missing, a number in 0..65535 (expected: *:PORT)",
        "::1:80 | an IPv6 address stands in brackets, as in [::1]:80",
        "fe80::1%eth0 | an IPv6 address stands in brackets, as in [::1]:80",
        "[::1] | ':' is missing (expected: [IPV6]:PORT)",
        "netlink:5 | ',' is missing (expected: netlink:PORT,GROUPS)",
        "vsock:2;1024 | ',' is missing (expected: vsock:MACHINE,PORT)",
        "can: | the name or number of an interface is missing (expected: can:INTERFACE",
        "hci:0,70000 | the channel is not in 0..65535 (expected: hci:ADAPTER,CHANNEL)",
        "sco:00:11:2 | no bytes in hexadecimal with colons between, as 02:00:5e:10:00:01"
            + " (expected: sco:XX:XX:XX:XX:XX:XX)",
        "hyperv:1,2 | UUID string: 1 (expected: hyperv:UUID,UUID)",
        "raw:16:abc | not a family and the bytes of its address (expected: raw:FAMILY:HEX)",
      })
  void theMessageSaysWhatIsExpected(String text, String problem) {
    String message =
        String.valueOf(
            assertThrows(AddressFormatException.class, () -> Address.parse(text)).getMessage());
    assertTrue(message.startsWith("\"" + text + "\": "), message);
    assertTrue(message.contains(problem), message);
  }

  @Test
  void theMessageOfALongTextIsShort() {
    String message =
        assertThrows(AddressFormatException.class, () -> Address.parse("x".repeat(100_000)))
            .toString();
    assertTrue(message.length() < 1000, () -> message.length() + " chars");
  }

  @Test
  void halfASurrogatePairIsNoCharacter() {
    assertThrows(AddressFormatException.class, () -> Address.parse("unix:/\ud800"));
    assertThrows(AddressFormatException.class, () -> Address.parse("unix:/\udc00a"));
    assertEquals("unix:/\ud83d\ude00", Address.parse("unix:/\ud83d\ude00").toString());
  }

  @Test
  void aZoneCanBeTheNameOfAnInterface() throws Exception {
    NetworkInterface any = NetworkInterface.networkInterfaces().findFirst().orElseThrow();
    assertEquals(
        new Ipv6Address(0xfe80L << 48, 1, 80, 0, any.getIndex()),
        Address.parse("[fe80::1%" + any.getName() + "]:80"));
  }

  @Test
  void whatIsWrittenIsReadBackAsTheSame() {
    RandomAddresses addresses = new RandomAddresses(new Random(1));
    for (int i = 0; i < 20_000; i++) {
      Address address = addresses.next();
      String text = address.toString();
      Address read = Address.parse(text);
      assertEquals(address, read, text);
      assertEquals(address.hashCode(), read.hashCode());
      assertEquals(text, read.toString());
      assertFalse(text.chars().anyMatch(Character::isISOControl), text);
    }
  }

  @Test
  void theTextOfAHostMeansTheSameToTheJdk() throws Exception {
    RandomAddresses addresses = new RandomAddresses(new Random(2));
    for (int i = 0; i < 5000; i++) {
      Ipv6Address address = addresses.ipv6();
      String host = new Ipv6Address(address.high(), address.low(), 0).toString();
      byte[] jdk = InetAddress.getByName(host.substring(1, host.indexOf(']'))).getAddress();
      if (jdk.length == 16) { // The JDK turns mapped addresses into IPv4.
        assertArrayEquals(Bytes.of(address.high(), address.low()), jdk, host);
      } else {
        assertArrayEquals(Bytes.of((int) address.low()), jdk, host);
      }
    }
  }

  @Test
  void damagedTextIsEitherRefusedOrAnotherAddress() {
    Random random = new Random(3);
    RandomAddresses addresses = new RandomAddresses(random);
    String alphabet = "0123456789abcdefg:.[]%;=\\x@*unixraw/ \u0000\u00fc\ud800";
    int refused = 0;
    for (int i = 0; i < 50_000; i++) {
      StringBuilder text = new StringBuilder(addresses.next().toString());
      for (int j = random.nextInt(3); j >= 0; j--) {
        int at = random.nextInt(text.length());
        char c = alphabet.charAt(random.nextInt(alphabet.length()));
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, c);
          case 1 -> text.insert(at, c);
          default -> text.setLength(Math.max(1, at));
        }
      }
      try {
        Address read = Address.parse(text.toString());
        assertEquals(read, Address.parse(read.toString()), text::toString);
      } catch (AddressFormatException wrong) {
        refused++;
        assertTrue(wrong.index() >= 0 && wrong.index() <= text.length(), wrong.getMessage());
      }
    }
    assertTrue(refused > 10_000, "only " + refused + " were refused");
  }

  @Test
  void bytesOfANameAreNotInterpreted() {
    byte[] notUtf8 = {'/', (byte) 0xc3, '(', (byte) 0xff, '\\', '\n'};
    UnixAddress address = UnixAddress.of(notUtf8);
    assertEquals("unix:/\\xc3(\\xff\\\\\\x0a", address.toString());
    assertArrayEquals(notUtf8, ((UnixAddress) Address.parse(address.toString())).name());
  }

  @Test
  void charactersThatDoNotShowAreEscaped() {
    // A zero-width joiner, a right-to-left override, a no-break space, a line separator.
    assertEquals(
        "unix:/\\xe2\\x80\\x8d\\xe2\\x80\\xae\\xc2\\xa0\\xe2\\x80\\xa8",
        UnixAddress.path("/\u200d\u202e\u00a0\u2028").toString());
    assertEquals("unix:/\u00fc", UnixAddress.path("/\u00fc").toString());
    assertArrayEquals(
        "/\u00fc".getBytes(StandardCharsets.UTF_8), UnixAddress.path("/\u00fc").name());
  }
}
