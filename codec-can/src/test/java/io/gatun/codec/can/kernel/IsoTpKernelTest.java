package io.gatun.codec.can.kernel;

import static io.gatun.socket.SocketConstants.CAN_ISOTP_EXTEND_ADDR;
import static io.gatun.socket.SocketConstants.CAN_ISOTP_LL_OPTS;
import static io.gatun.socket.SocketConstants.CAN_ISOTP_OPTS;
import static io.gatun.socket.SocketConstants.CAN_ISOTP_RECV_FC;
import static io.gatun.socket.SocketConstants.CAN_ISOTP_RX_EXT_ADDR;
import static io.gatun.socket.SocketConstants.CAN_ISOTP_TX_PADDING;
import static io.gatun.socket.SocketConstants.SOL_CAN_ISOTP;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatun.address.CanAddress;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import io.gatun.codec.can.Frames;
import io.gatun.codec.can.isotp.IsoTpAddress;
import io.gatun.codec.can.isotp.IsoTpError;
import io.gatun.codec.can.isotp.IsoTpLink;
import io.gatun.codec.can.isotp.IsoTpOptions;
import io.gatun.socket.Socket;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * ISO-TP in user space, with the kernel's can-isotp and the programs of can-utils at the other end.
 */
final class IsoTpKernelTest {
  private static final CanId OWN = CanId.standard(0x6a0);
  private static final CanId PEER = CanId.standard(0x6a8);
  private static final IsoTpAddress NORMAL = IsoTpAddress.normal(OWN, PEER);

  private static final IsoTpOptions PATIENT =
      IsoTpOptions.DEFAULT.withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5));

  private static final int[] LENGTHS = {
    1, 2, 5, 6, 7, 8, 9, 12, 13, 20, 61, 62, 63, 64, 65, 100, 127, 255, 500, 1000, 2000, 4094, 4095,
    4096, 5000, 8300
  };

  /** The kernel waits for a second, in which a slow processor has not loaded all classes. */
  @BeforeAll
  static void loadClasses() throws IOException {
    byte[] message = new byte[100];
    try (Socket kernel = kernel(NORMAL, IsoTpOptions.DEFAULT, 3, 0);
        End end = new End(NORMAL, PATIENT.withFlowControl(3, 0))) {
      kernel.setTimeout(Duration.ofSeconds(5));
      for (int good = 0; good < 3; ) {
        end.errors.clear();
        int before = end.sent;
        end.link.send(message, System.nanoTime());
        end.drive(() -> end.sent > before || !end.errors.isEmpty());
        good = end.errors.isEmpty() && isTransferred(kernel, end, message) ? good + 1 : 0;
      }
    }
  }

  private static boolean isTransferred(Socket kernel, End end, byte[] message) {
    try {
      kernel.recv(1000);
      kernel.send(message);
      end.drive(() -> !end.messages.isEmpty() || !end.errors.isEmpty());
      end.messages.clear();
      return end.errors.isEmpty();
    } catch (IOException e) {
      return false; // its own timeouts
    }
  }

  /** A link on the bus. */
  private static final class End implements IsoTpLink.Listener, AutoCloseable {
    final Bus bus = new Bus();
    final IsoTpLink link;
    final Queue<byte[]> messages = new ArrayDeque<>();
    final List<IsoTpError> errors = new ArrayList<>();
    int sent;

    End(IsoTpAddress address, IsoTpOptions options) throws IOException {
      link = new IsoTpLink(address, options, this);
    }

    @Override
    public void transmit(CanFrame frame) {
      bus.send(frame);
    }

    @Override
    public void received(byte[] message) {
      messages.add(message);
    }

    @Override
    public void sent() {
      sent++;
    }

    @Override
    public void failed(IsoTpError error) {
      errors.add(error);
    }

    void drive(Bus.Condition done) throws IOException {
      bus.drive(link::receive, link::run, link::timeLeft, done);
    }

    void send(byte[] message) throws IOException {
      int before = sent + errors.size();
      link.send(message, System.nanoTime());
      drive(() -> sent + errors.size() > before);
      assertEquals(List.of(), errors, message.length + " bytes");
    }

    byte[] receive() throws IOException {
      drive(() -> !messages.isEmpty() || !errors.isEmpty());
      assertEquals(List.of(), errors);
      return messages.remove();
    }

    @Override
    public void close() throws IOException {
      bus.close();
    }
  }

  /** The kernel's end of the same, with flow control of its own. */
  private static Socket kernel(
      IsoTpAddress address, IsoTpOptions options, int blockSize, int separationTime)
      throws IOException {
    Socket socket = Bus.open("CAN_ISOTP", "SOCK_DGRAM");
    socket.setTimeout(Bus.PATIENCE);
    int flags = 0;
    if (address.receiveByte() != IsoTpAddress.NONE) {
      flags |= CAN_ISOTP_EXTEND_ADDR | CAN_ISOTP_RX_EXT_ADDR;
    }
    if (options.padding() >= 0) {
      flags |= CAN_ISOTP_TX_PADDING;
    }
    // struct can_isotp_options { __u32 flags; __u32 frame_txtime; __u8 ext_address, txpad_content,
    //                            rxpad_content, rx_ext_address; };
    ByteBuffer opts = ByteBuffer.allocate(12).order(ByteOrder.nativeOrder());
    opts.putInt(flags).putInt(0);
    opts.put((byte) address.receiveByte()).put((byte) options.padding());
    opts.put((byte) options.padding()).put((byte) address.transmitByte());
    socket.setSockOpt(SOL_CAN_ISOTP, CAN_ISOTP_OPTS, opts.array());
    socket.setSockOpt(
        SOL_CAN_ISOTP, CAN_ISOTP_RECV_FC, new byte[] {(byte) blockSize, (byte) separationTime, 0});
    if (options.isFd()) {
      // struct can_isotp_ll_options { __u8 mtu, tx_dl, tx_flags; };
      socket.setSockOpt(
          SOL_CAN_ISOTP, CAN_ISOTP_LL_OPTS, new byte[] {72, (byte) options.frameLength(), 0});
    }
    socket.bind(CanAddress.isoTp(Bus.NAME, address.transmit().raw(), address.receive().raw()));
    return socket;
  }

  static List<Arguments> ways() {
    IsoTpOptions plain = PATIENT;
    return List.of(
        Arguments.of("plain", NORMAL, plain, 0, 0),
        Arguments.of("blocks of 1", NORMAL, plain.withFlowControl(1, 0), 1, 0),
        Arguments.of("blocks of 8, 100 µs", NORMAL, plain.withFlowControl(8, 0xf1), 8, 0xf1),
        Arguments.of("blocks of 15, 900 µs", NORMAL, plain.withFlowControl(15, 0xf9), 15, 0xf9),
        Arguments.of(
            "1 ms, filled up", NORMAL, plain.withFlowControl(0, 1).withPadding(0xaa), 0, 1),
        Arguments.of(
            "29 bits", IsoTpAddress.normalFixed(0xf1, 0x10), plain.withFlowControl(31, 0), 31, 0),
        Arguments.of("extended", IsoTpAddress.extended(OWN, PEER, 0x11, 0x22), plain, 16, 0),
        Arguments.of(
            "mixed",
            IsoTpAddress.mixed(CanId.extended(0x18cef110), CanId.extended(0x18ce10f1), 0x33),
            plain.withFlowControl(4, 0).withPadding(0),
            4,
            0),
        Arguments.of("CAN FD, 64 bytes", NORMAL, plain.withFd(64, false), 0, 0),
        Arguments.of(
            "CAN FD, 24 bytes", NORMAL, plain.withFd(24, false).withFlowControl(3, 0xf2), 3, 0xf2),
        Arguments.of("CAN FD, 8 bytes", NORMAL, plain.withFd(8, false).withPadding(0xcc), 9, 0));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void messagesGoBothWays(
      String name, IsoTpAddress address, IsoTpOptions options, int blockSize, int separationTime)
      throws IOException {
    Random random = new Random(1);
    // What one frame after another takes a millisecond for need not be long.
    int longest = separationTime == 1 || separationTime == 0xf9 ? 1000 : 8300;
    try (Socket kernel = kernel(address, options, blockSize, separationTime);
        End end = new End(address, options)) {
      for (int length : LENGTHS) {
        if (length <= longest) {
          byte[] there = Frames.data(random, length).toArray();
          end.send(there);
          assertArrayEquals(there, kernel.recv(9000), name + ", " + length + " bytes there");
          byte[] back = Frames.data(random, length).toArray();
          kernel.send(back);
          assertArrayEquals(back, end.receive(), name + ", " + length + " bytes back");
        }
      }
    }
  }

  @Test
  void isotpsendIsReceived() throws IOException, InterruptedException {
    byte[] message = Frames.data(new Random(3), 4095).toArray();
    try (End end = new End(NORMAL, PATIENT.withFlowControl(20, 0))) {
      Process send = Bus.start("isotpsend", "-s", PEER.toString(), "-d", OWN.toString(), Bus.NAME);
      try (var in = send.getOutputStream()) {
        in.write(HexFormat.ofDelimiter(" ").formatHex(message).getBytes(US_ASCII));
        in.write('\n');
      }
      assertArrayEquals(message, end.receive());
      Bus.assertEnds(send);
    }
  }

  /** The first frames may come before isotprecv listens: nothing tells, so they are sent again. */
  @Test
  void isotprecvReceives() throws IOException, InterruptedException {
    byte[] message = Frames.data(new Random(4), 3000).toArray();
    try (End end = new End(NORMAL, PATIENT)) {
      Process receive =
          Bus.start("isotprecv", "-s", PEER.toString(), "-d", OWN.toString(), "-b", "7", Bus.NAME);
      while (end.sent == 0) {
        int before = end.errors.size();
        end.link.send(message, System.nanoTime());
        end.drive(() -> end.sent > 0 || end.errors.size() > before);
      }
      Bus.assertEnds(receive); // a line fits in the pipe
      try (BufferedReader out = receive.inputReader(US_ASCII)) {
        assertEquals(
            HexFormat.ofDelimiter(" ").withUpperCase().formatHex(message),
            String.valueOf(out.readLine()).strip());
      }
    }
  }
}
