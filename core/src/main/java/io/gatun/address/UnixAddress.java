package io.gatun.address;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gatun.error.ErrorDetail;
import io.gatun.error.SocketErrors;
import io.gatun.os.Abi;
import io.gatun.os.Errno;
import io.gatun.os.Os;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The address of a Unix socket: a path in the file system, an abstract name (of Linux, gone with
 * its last socket), or no name; see unix(7). A name is bytes: {@code toString} writes those that
 * are no printable character as {@code \xNN}.
 *
 * <p>A name of any length can be made; one that does not fit into {@code sun_path} fails where it
 * is used, with ENAMETOOLONG. On Linux a path may have 107 bytes, an abstract name as many.
 */
public final class UnixAddress implements Address, ErrorDetail {
  /** No name: what a socket has before it is bound. Linux binds to it by choosing a name. */
  public static final UnixAddress UNNAMED = new UnixAddress(new byte[0]);

  /** How the JDK turns the text of a path into bytes; on Windows a socket's path is UTF-8. */
  private static final Charset PATHS =
      Abi.HOST.os() == Os.WINDOWS
          ? UTF_8
          : Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"), UTF_8);

  /** As in sun_path: an abstract name begins with a NUL; a path has none, not even at its end. */
  private final byte[] name;

  private UnixAddress(byte[] name) {
    this.name = name;
  }

  /**
   * {@return the address of a path, in UTF-8}
   *
   * @param path the path, absolute or relative
   * @throws IllegalArgumentException if it is empty, or holds a NUL or half of a surrogate pair
   */
  public static UnixAddress path(String path) {
    return ofPath(utf8(path), path);
  }

  /**
   * {@return the address of a path of the default file system}
   *
   * @param path the path, absolute or relative
   * @throws IllegalArgumentException if the path is of another one, is empty, or has bytes that its
   *     text does not show
   */
  public static UnixAddress path(Path path) {
    String text = path.toString();
    if (!Path.of(text).equals(path)) {
      throw new IllegalArgumentException(path + " cannot be told by its text");
    }
    return ofPath(text.getBytes(PATHS), text);
  }

  private static UnixAddress ofPath(byte[] path, String text) {
    if (path.length == 0 || path[0] == 0) {
      throw new IllegalArgumentException(SocketErrors.printable("\"" + text + "\" is no path"));
    }
    return of(path);
  }

  /**
   * {@return an abstract name, in UTF-8; Linux only}
   *
   * @param name what follows the NUL
   * @throws IllegalArgumentException if it holds half of a surrogate pair
   */
  public static UnixAddress abstractName(String name) {
    return abstractName(utf8(name));
  }

  /**
   * {@return an abstract name; Linux only}
   *
   * @param name what follows the NUL; any bytes
   */
  public static UnixAddress abstractName(byte[] name) {
    byte[] whole = new byte[1 + name.length];
    System.arraycopy(name, 0, whole, 1, name.length);
    return new UnixAddress(whole);
  }

  /**
   * {@return the address with these bytes in {@code sun_path}: none for the unnamed one, a NUL
   * first for an abstract name, else a path without a NUL at its end}
   *
   * @param name the bytes, which are copied
   * @throws IllegalArgumentException if a path holds a NUL: the kernel would see its beginning only
   */
  public static UnixAddress of(byte[] name) {
    if (name.length > 0 && name[0] != 0) {
      for (byte b : name) {
        if (b == 0) {
          throw new IllegalArgumentException(new UnixAddress(name) + " holds a NUL");
        }
      }
    }
    return new UnixAddress(name.clone());
  }

  @Override
  public AddressFamily family() {
    return AddressFamily.UNIX;
  }

  /** {@return whether this is a path} */
  public boolean isPath() {
    return name.length > 0 && name[0] != 0;
  }

  /** {@return whether this is an abstract name} */
  public boolean isAbstract() {
    return name.length > 0 && name[0] == 0;
  }

  /** {@return whether this is the unnamed address} */
  public boolean isUnnamed() {
    return name.length == 0;
  }

  /** {@return a copy of the bytes that {@link #of(byte[])} takes} */
  public byte[] name() {
    return name.clone();
  }

  /** The bytes themselves. */
  byte[] bytes() {
    return name;
  }

  /**
   * {@return the path}
   *
   * @throws UnsupportedOperationException if this is none, or one that the JDK cannot name because
   *     its bytes are no text in the encoding that it uses for paths
   */
  public Path toPath() {
    try {
      String text = PATHS.newDecoder().decode(ByteBuffer.wrap(name)).toString();
      if (isPath()) {
        return Path.of(text);
      }
    } catch (CharacterCodingException | InvalidPathException e) {
      throw new UnsupportedOperationException("the JDK cannot name " + this, e);
    }
    throw new UnsupportedOperationException(this + " is no path");
  }

  @Override
  public UnixDomainSocketAddress toSocketAddress() {
    return isUnnamed() ? UnixDomainSocketAddress.of("") : UnixDomainSocketAddress.of(toPath());
  }

  @Override
  public @Nullable String errorDetail(int errno) {
    int most = Sockaddr.HOST.pathSize() - 1;
    int length = isAbstract() ? name.length - 1 : name.length;
    return errno == Errno.ENAMETOOLONG && length > most
        ? "it has " + length + " bytes, and " + most + " fit"
        : null;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof UnixAddress that && Arrays.equals(name, that.name);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(name);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("unix:");
    int from = 0;
    if (isAbstract()) {
      text.append('@');
      from = 1;
    } else if (isPath() && name[0] == '@') {
      appendHex(text, name[0]);
      from = 1;
    }
    append(text, ByteBuffer.wrap(name, from, name.length - from));
    return text.toString();
  }

  private static void append(StringBuilder text, ByteBuffer bytes) {
    CharsetDecoder decoder = UTF_8.newDecoder();
    CharBuffer chars = CharBuffer.allocate(bytes.remaining());
    while (true) {
      CoderResult result = decoder.reset().decode(bytes, chars, true);
      chars.flip().codePoints().forEach(c -> append(text, c));
      chars.clear();
      if (result.isUnderflow()) {
        return;
      }
      for (int i = 0; i < result.length(); i++) {
        appendHex(text, bytes.get());
      }
    }
  }

  private static void append(StringBuilder text, int c) {
    if (c == '\\') {
      text.append("\\\\");
    } else if (isPrintable(c)) {
      text.appendCodePoint(c);
    } else {
      for (byte b : Character.toString(c).getBytes(UTF_8)) {
        appendHex(text, b);
      }
    }
  }

  private static void appendHex(StringBuilder text, byte b) {
    text.append("\\x").append(HexFormat.of().toHexDigits(b));
  }

  /** What shows what it is, and stays on its line. */
  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  private static byte[] utf8(String text) {
    try {
      ByteBuffer bytes = UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      return Arrays.copyOfRange(bytes.array(), bytes.arrayOffset(), bytes.limit());
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          SocketErrors.printable("\"" + text + "\" holds half of a surrogate pair"), e);
    }
  }
}
