package io.gatun.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.AddressFamily;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.KernelOption;
import io.gatun.socket.Sockets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** What of {@link Sockets} reads texts, and the values of options. */
final class SocketDecoders {
  static final List<String> INET_TEXTS =
      List.of(
          "127.0.0.1",
          "1.2.3",
          "0x7f.1",
          "010.0.0.1 ",
          "4294967295",
          "::",
          "1:2::7:8",
          "::ffff:1.2.3.4",
          "fe80::1%lo",
          "1:2:3:4:5:6:7:8");

  /** One of each kind. */
  private static final List<KernelOption<?>> OPTIONS =
      Stream.of(
              ChannelOption.SO_RCVBUF,
              ChannelOption.SO_KEEPALIVE,
              ChannelOption.SO_LINGER,
              ChannelOption.ofBytes("bytes", 1, 1, 24))
          .<KernelOption<?>>map(ChannelOption::kernelOption)
          .toList();

  private SocketDecoders() {}

  static void inet(byte[] data) {
    String text = new String(data, UTF_8);
    byte[] four = orNone(Sockets::inetAton, text);
    if (four.length > 0) {
      assertArrayEquals(four, Sockets.inetAton(Sockets.inetNtoa(four)));
    }
    for (AddressFamily family : List.of(AddressFamily.INET, AddressFamily.INET6)) {
      byte[] bytes = orNone(t -> Sockets.inetPton(family, t), text);
      if (bytes.length > 0) {
        assertArrayEquals(bytes, Sockets.inetPton(family, Sockets.inetNtop(family, bytes)));
      }
    }
  }

  /** The first byte chooses the option, the second the length that the system tells. */
  static void option(byte[] data) {
    if (data.length < 2) {
      return;
    }
    KernelOption<?> option = OPTIONS.get((data[0] & 0xff) % OPTIONS.size());
    byte[] bytes = Arrays.copyOf(Arrays.copyOfRange(data, 2, data.length), option.size());
    Object value = Guarded.reading(bytes, memory -> option.decode(memory, data[1] & 0xff));
    if (value instanceof byte[] array) {
      assertTrue(array.length <= option.size());
    }
  }

  static List<byte[]> optionSeeds() {
    return List.of(
        new byte[] {0, 4, 1, 0, 0, 0}, new byte[] {1, 4, 0, 0, 0, 0},
        new byte[] {2, 8, 1, 0, 0, 0}, new byte[] {3, 16, 1, 2, 3, 4});
  }

  private static byte[] orNone(Function<String, byte[]> reader, String text) {
    try {
      return reader.apply(text);
    } catch (IllegalArgumentException e) { // as documented
      Texts.checkLine(e);
      return new byte[0];
    }
  }
}
