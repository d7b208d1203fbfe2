package io.gatun.address;

import java.io.ByteArrayOutputStream;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Reads the text of one address from left to right; {@link Address#parse} has the forms. */
final class AddressParser {
  private static final long UINT_MAX = 0xffff_ffffL;
  private static final int PORT_MAX = 0xffff;
  private static final int GROUPS = 8;

  private final String text;
  private int at;

  AddressParser(String text) {
    this.text = text;
  }

  /** The whole text is an address with its port or name. */
  Address address() {
    if (accept("unix:")) {
      return unix();
    }
    if (accept("raw:")) {
      return raw();
    }
    if (accept("[")) {
      Ipv6Address host = ipv6();
      expect("]");
      expect(":");
      Ipv6Address address = host.withPort((int) number(PORT_MAX, "the port"));
      return end(accept(";flow=") ? withFlow(address) : address);
    }
    if (text.indexOf(':') != text.lastIndexOf(':')) {
      throw wrong(0, "an IPv6 address stands in brackets, as in [::1]:80");
    }
    if (!accept("*") && !atDigit()) {
      throw wrong(at, "not the number of a host, [, *, unix: or raw:; a name is for Resolver");
    }
    int bits = at == 0 ? dotted() : 0;
    expect(":");
    return end(new Ipv4Address(bits, (int) number(PORT_MAX, "the port")));
  }

  /** The whole text is an IPv4 host. */
  Ipv4Address ipv4Host(int port) {
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
      throw wrong(from, what + " is missing");
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

  private boolean accept(String token) {
    boolean there = text.startsWith(token, at);
    if (there) {
      at += token.length();
    }
    return there;
  }

  private void expect(String token) {
    if (!accept(token)) {
      throw wrong(at, token + " is missing");
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
    return new AddressFormatException(text, index, problem);
  }
}
