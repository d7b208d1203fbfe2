package io.gatun.address;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the text of one address from left to right; {@link Address#parse} has the forms. */
final class AddressParser {
  private static final long UINT_MAX = 0xffff_ffffL;
  private static final int PORT_MAX = 0xffff;
  private static final int GROUPS = 8;

  private final String text;
  private int at;

  /** What the text should look like, as far as it has told by how it begins; for errors. */
  private @Nullable String form;

  AddressParser(String text) {
    this.text = text;
  }

  /** The whole text is an address with its port or name. */
  Address address() {
    if (accept("unix:")) {
      return unix();
    }
    if (is("raw:", "FAMILY:HEX")) {
      return raw();
    }
    Address other = other();
    if (other != null) {
      return end(other);
    }
    if (is("<broadcast>", ":PORT")) {
      return end(Ipv4Address.broadcast(portBehindColon()));
    }
    if (is("[", "IPV6]:PORT")) {
      Ipv6Address host = ipv6();
      expect("]");
      Ipv6Address address = host.withPort(portBehindColon());
      return end(accept(";flow=") ? withFlow(address) : address);
    }
    if (is("*", ":PORT")) {
      return end(Ipv4Address.any(portBehindColon()));
    }
    if (isIpv6Host()) {
      throw wrong(0, "an IPv6 address stands in brackets, as in [::1]:80");
    }
    if (!atDigit()) {
      throw wrong(
          at,
          "expected is an address such as 127.0.0.1:80, [::1]:80, *:80 or unix:/run/x"
              + " (a name is for Resolver)");
    }
    form = "A.B.C.D:PORT";
    int bits = dotted();
    return end(new Ipv4Address(bits, portBehindColon()));
  }

  /** As "::1" and "2001:db8::1:80" begin. */
  private boolean isIpv6Host() {
    int colon = text.indexOf(':');
    return colon >= 0
        && colon <= 4
        && colon != text.lastIndexOf(':')
        && text.chars().limit(colon).allMatch(HexFormat::isHexDigit);
  }

  private int portBehindColon() {
    expect(":");
    return (int) number(PORT_MAX, "the port");
  }

  /** An address of a family that the JDK has not. */
  private @Nullable OtherAddress other() {
    int from = at;
    try {
      return otherOrNull();
    } catch (AddressFormatException e) {
      throw e;
    } catch (IllegalArgumentException e) { // out of the address's own ranges
      AddressFormatException wrong = wrong(from, String.valueOf(e.getMessage()));
      wrong.initCause(e);
      throw wrong;
    }
  }

  private @Nullable OtherAddress otherOrNull() {
    if (is("netlink:", "PORT,GROUPS")) {
      return new NetlinkAddress(field("the port"), last("the groups"));
    }
    if (is("tipc:", "TYPE,NUMBER,NUMBER,NUMBER,SCOPE")) {
      return new TipcAddress(
          field("the type"),
          field("a number"),
          field("a number"),
          field("a number"),
          (byte) number(0xff, "the scope"));
    }
    if (is("can:", "INTERFACE, can:INTERFACE,RX,TX or can:INTERFACE,NAME,PGN,ADDRESS")) {
      return can();
    }
    if (is("packet:", "INTERFACE,PROTOCOL,PACKET_TYPE,HARDWARE_TYPE,XX:XX:…")) {
      return new PacketAddress(
          interfaceField(),
          field(0xffff, "the protocol"),
          field(0xff, "the packet type"),
          field(0xffff, "the hardware type"),
          hardware());
    }
    if (is("vsock:", "MACHINE,PORT")) {
      return new VsockAddress(field("the machine"), last("the port"));
    }
    if (is("alg:", "FEATURES,MASK,TYPE,NAME")) {
      int features = field("the features");
      int mask = field("the mask");
      String type = name();
      expect(",");
      return new AlgAddress(type, name(), features, mask);
    }
    if (is("l2cap:", "PSM,CID,ADDRESS_TYPE,XX:XX:XX:XX:XX:XX")) {
      int psm = field(0xffff, "the psm");
      int cid = field(0xffff, "the cid");
      int type = field(0xff, "the type");
      return new BluetoothAddress.L2cap(hardware(), psm, cid, type);
    }
    if (is("rfcomm:", "CHANNEL,XX:XX:XX:XX:XX:XX")) {
      int channel = field(0xff, "the channel");
      return new BluetoothAddress.Rfcomm(hardware(), channel);
    }
    if (is("hci:", "ADAPTER,CHANNEL")) {
      return new BluetoothAddress.Hci(
          field(0xffff, "the adapter"), (int) number(0xffff, "the channel"));
    }
    if (is("sco:", "XX:XX:XX:XX:XX:XX")) {
      return new BluetoothAddress.Sco(hardware());
    }
    if (is("qipcrtr:", "NODE,PORT")) {
      return new QipcrtrAddress(field("the node"), last("the port"));
    }
    if (is("system:", "ID,UNIT")) {
      return new SystemAddress(field("the id"), last("the unit"));
    }
    if (is("link:", "INDEX,TYPE,NAME,XX:XX:…")) {
      int index = field(0xffff, "the index");
      int type = field(0xff, "the type");
      String name = name();
      expect(",");
      return new LinkAddress(index, type, name, hardware());
    }
    if (is("hyperv:", "UUID,UUID")) {
      UUID machine = UUID.fromString(rest(','));
      expect(",");
      return new HypervAddress(machine, UUID.fromString(rest('\0')));
    }
    return null;
  }

  private CanAddress can() {
    int index = interfaceIndex();
    if (!accept(",")) {
      return new CanAddress.Raw(index);
    }
    long first = unsigned64();
    expect(",");
    int second = last("a number");
    if (!accept(",")) {
      if (first >>> 32 != 0) {
        throw wrong(0, "a CAN identifier is not in 0.." + UINT_MAX);
      }
      return new CanAddress.IsoTp(index, (int) first, second);
    }
    return new CanAddress.J1939(index, first, second, (int) number(0xff, "the address"));
  }

  /** A number, or the name of an interface up to the next comma. */
  private int interfaceIndex() {
    if (atDigit()) {
      return (int) number(UINT_MAX, "the interface");
    }
    int from = at;
    String name = rest(',');
    if (name.isEmpty()) {
      throw wrong(from, "the name or number of an interface is missing");
    }
    try {
      return Interfaces.index(name);
    } catch (IOException e) {
      AddressFormatException wrong = wrong(from, "there is no network interface " + name);
      wrong.initCause(e);
      throw wrong;
    }
  }

  private int interfaceField() {
    int index = interfaceIndex();
    expect(",");
    return index;
  }

  /** An unsigned number and the comma behind it. */
  private int field(String what) {
    return field(UINT_MAX, what);
  }

  private int field(long max, String what) {
    int value = (int) number(max, what);
    expect(",");
    return value;
  }

  private int last(String what) {
    return (int) number(UINT_MAX, what);
  }

  private long unsigned64() {
    int from = at;
    while (atDigit()) {
      at++;
    }
    try {
      return Long.parseUnsignedLong(text, from, at, 10);
    } catch (NumberFormatException e) {
      AddressFormatException wrong = wrong(from, "not a number of 64 bits");
      wrong.initCause(e);
      throw wrong;
    }
  }

  /** What is left up to a character, or all. */
  private String rest(char end) {
    int to = text.indexOf(end, at);
    String rest = text.substring(at, to < 0 ? text.length() : to);
    at += rest.length();
    return rest;
  }

  private HardwareAddress hardware() {
    int from = at;
    try {
      return HardwareAddress.parse(rest('\0'));
    } catch (AddressFormatException e) { // which shows its part alone
      AddressFormatException wrong = wrong(from, HardwareAddress.PROBLEM);
      wrong.initCause(e);
      throw wrong;
    }
  }

  /** A name up to a comma, of bytes that are one char each. */
  private String name() {
    StringBuilder name = new StringBuilder();
    ByteArrayOutputStream one = new ByteArrayOutputStream();
    while (at < text.length() && text.charAt(at) != ',') {
      if (accept("\\")) {
        name.append((char) (escaped(one) & 0xff));
      } else {
        name.append(text.charAt(at++));
      }
    }
    return name.toString();
  }

  /** The whole text is an IPv4 host. */
  Ipv4Address ipv4Host(int port) {
    form = "A.B.C.D";
    return end(new Ipv4Address(dotted(), port));
  }

  /** The whole text is an IPv6 host, without brackets. */
  Ipv6Address ipv6Host(int port) {
    return end(ipv6().withPort(port));
  }

  /** Four decimal numbers, as inet_pton(3) reads them: no octal, no shorter forms. */
  private int dotted() {
    int bits = 0;
    for (int i = 0; i < 4; i++) {
      if (i > 0) {
        expect(".");
      }
      bits = bits << 8 | (int) number(255, "a number of an IPv4 address");
    }
    return bits;
  }

  /** RFC 4291 §2.2, with RFC 4007's zone. */
  private Ipv6Address ipv6() {
    int from = at;
    int[] groups = new int[GROUPS];
    int count = 0;
    int gap = -1; // how many groups stand before the "::"
    boolean more = true;
    if (accept("::")) {
      gap = 0;
      more = atHex();
    }
    while (more) {
      boolean dotted = isDottedNext();
      if (count + (dotted ? 2 : 1) > GROUPS) {
        throw wrong(at, "an IPv6 address has no more than eight groups");
      }
      if (dotted) {
        int bits = dotted();
        groups[count++] = bits >>> 16;
        groups[count++] = bits & 0xffff;
        break;
      }
      groups[count++] = group();
      if (accept("::")) {
        if (gap >= 0) {
          throw wrong(at - 2, "only one :: can be in an IPv6 address");
        }
        gap = count;
        more = atHex();
      } else {
        more = accept(":");
      }
    }
    if (gap < 0 && count < GROUPS) {
      throw wrong(at, "an IPv6 address has eight groups, or a ::");
    }
    if (gap >= 0 && count == GROUPS) {
      throw wrong(from, "the :: must stand for one group at least");
    }
    long high = 0;
    long low = 0;
    for (int i = 0; i < GROUPS; i++) {
      int afterGap = i - (GROUPS - count);
      int group = gap < 0 || i < gap ? groups[i] : afterGap >= gap ? groups[afterGap] : 0;
      high = high << 16 | low >>> 48;
      low = low << 16 | group;
    }
    return new Ipv6Address(high, low, 0, 0, accept("%") ? zone() : 0);
  }

  private boolean isDottedNext() {
    int i = at;
    while (i < text.length() && isDigit(text.charAt(i))) {
      i++;
    }
    return i > at && text.startsWith(".", i);
  }

  private int group() {
    int from = at;
    int value = 0;
    while (atHex()) {
      if (at - from == 4) {
        throw wrong(from, "a group of an IPv6 address has no more than four digits");
      }
      value = value << 4 | HexFormat.fromHexDigit(text.charAt(at++));
    }
    if (at == from) {
      throw wrong(from, "a group of an IPv6 address is missing");
    }
    return value;
  }

  private int zone() {
    int from = at;
    int bracket = text.indexOf(']', from);
    String zone = text.substring(from, bracket < 0 ? text.length() : bracket);
    if (zone.isEmpty()) {
      throw wrong(from, "the zone is missing");
    }
    if (zone.chars().allMatch(AddressParser::isDigit)) {
      return (int) number(UINT_MAX, "the zone");
    }
    at += zone.length();
    try {
      NetworkInterface found = NetworkInterface.getByName(zone);
      if (found != null) {
        return found.getIndex();
      }
      throw wrong(from, "there is no network interface " + zone);
    } catch (SocketException e) {
      AddressFormatException wrong =
          wrong(from, "the network interface " + zone + " could not be looked up");
      wrong.initCause(e);
      throw wrong;
    }
  }

  private Ipv6Address withFlow(Ipv6Address to) {
    int flow = (int) number(UINT_MAX, "the flow label");
    return new Ipv6Address(to.high(), to.low(), to.port(), flow, to.scopeId());
  }

  private UnixAddress unix() {
    boolean isAbstract = accept("@");
    ByteArrayOutputStream name = new ByteArrayOutputStream();
    if (isAbstract) {
      name.write(0);
    }
    while (at < text.length()) {
      int start = at;
      int next = accept("\\") ? escaped(name) : literal(name);
      if (next == 0 && !isAbstract) {
        throw wrong(start, "a path cannot hold a NUL");
      }
    }
    return UnixAddress.of(name.toByteArray());
  }

  /** Takes what stands behind a backslash, and returns it. */
  private int escaped(ByteArrayOutputStream into) {
    int value;
    if (accept("\\")) {
      value = '\\';
    } else if (text.startsWith("x", at)
        && text.length() >= at + 3
        && HexFormat.isHexDigit(text.charAt(at + 1))
        && HexFormat.isHexDigit(text.charAt(at + 2))) {
      value = HexFormat.fromHexDigits(text, at + 1, at + 3);
      at += 3;
    } else {
      throw wrong(at, "a backslash begins \\\\ or \\xNN");
    }
    into.write(value);
    return value;
  }

  /** Takes one character, and returns it. */
  private int literal(ByteArrayOutputStream into) {
    int value = text.codePointAt(at);
    if (Character.getType(value) == Character.SURROGATE) {
      throw wrong(at, "half of a surrogate pair");
    }
    at += Character.charCount(value);
    into.writeBytes(Character.toString(value).getBytes(StandardCharsets.UTF_8));
    return value;
  }

  private RawAddress raw() {
    int from = at;
    int family = (int) number(PORT_MAX, "the family");
    expect(":");
    try {
      return RawAddress.of(family, HexFormat.of().parseHex(text, at, text.length()));
    } catch (IllegalArgumentException e) {
      AddressFormatException wrong = wrong(from, "not a family and the bytes of its address");
      wrong.initCause(e);
      throw wrong;
    }
  }

  /** A decimal number without leading zeros, which elsewhere mean octal. */
  private long number(long max, String what) {
    int from = at;
    if (!atDigit()) {
      throw wrong(from, what + " is missing, a number in 0.." + max);
    }
    if (text.charAt(at) == '0') {
      at++;
      if (atDigit()) {
        throw wrong(from, what + " may not begin with 0");
      }
      return 0;
    }
    long value = 0;
    while (atDigit()) {
      value = 10 * value + (text.charAt(at++) - '0');
      if (value > max) {
        throw wrong(from, what + " is not in 0.." + max);
      }
    }
    return value;
  }

  /** Accepts what an address begins with, which tells its form. */
  private boolean is(String prefix, String fields) {
    if (!accept(prefix)) {
      return false;
    }
    form = prefix + fields;
    return true;
  }

  private boolean accept(String token) {
    boolean there = text.startsWith(token, at);
    if (there) {
      at += token.length();
    }
    return there;
  }

  private void expect(String token) {
    if (!accept(token)) {
      throw wrong(at, "'" + token + "' is missing");
    }
  }

  private <T> T end(T read) {
    if (at < text.length()) {
      throw wrong(at, "the address should end here");
    }
    return read;
  }

  private boolean atDigit() {
    return at < text.length() && isDigit(text.charAt(at));
  }

  private boolean atHex() {
    return at < text.length() && HexFormat.isHexDigit(text.charAt(at));
  }

  /** Not Character.isDigit, to which the digits of every script are digits. */
  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private AddressFormatException wrong(int index, String problem) {
    String expected = form == null ? "" : " (expected: " + form + ")";
    return new AddressFormatException(text, index, problem + expected);
  }
}
