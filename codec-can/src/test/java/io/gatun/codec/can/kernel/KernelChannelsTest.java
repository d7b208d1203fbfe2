package io.gatun.codec.can.kernel;

import static io.gatun.socket.SocketConstants.SOL_SOCKET;
import static io.gatun.socket.SocketConstants.SO_RCVBUFFORCE;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.CanAddress;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.Message;
import io.gatun.channel.MessageOptions;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanId;
import io.gatun.codec.can.Frames;
import io.gatun.codec.can.channel.BusLab.Recorder;
import io.gatun.codec.can.channel.CanFrameHandler;
import io.gatun.codec.can.channel.CanReceived;
import io.gatun.codec.can.channel.CanSendQueue;
import io.gatun.codec.can.handler.IsoTpHandler;
import io.gatun.codec.can.isotp.IsoTpAddress;
import io.gatun.codec.can.isotp.IsoTpOptions;
import io.gatun.os.Abi;
import io.gatun.socket.Socket;
import io.gatun.testkit.Python;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Channels on the kernel's buses, with the can-utils, cangw and python-can at the other ends. */
final class KernelChannelsTest {
  private static final String OTHER = "vcan1";
  private static final CanId OWN = CanId.standard(0x6b0);
  private static final CanId PEER = CanId.standard(0x6b8);
  private static final int PGN = 0x12300;
  private static final int ADDRESS = 0x80;
  private static final int PEER_ADDRESS = 0x91;

  private static final int LONGEST = 20_000;
  private static final ChannelOption<Integer> RECEIVE_BUFFER =
      ChannelOption.ofInt("SO_RCVBUFFORCE", SOL_SOCKET, SO_RCVBUFFORCE);

  @TempDir Path folder;

  private final EventLoopGroup group = EventLoopGroup.builder().loops(1).daemon(true).build();
  private final Recorder recorder = new Recorder();
  private final List<Process> processes = new ArrayList<>();

  @BeforeEach
  void assumeBus() {
    Bus.assumeThere();
  }

  @AfterEach
  void end() {
    processes.forEach(Process::destroyForcibly);
    group.close();
  }

  private Process start(String... command) throws IOException {
    Process process = Bus.start(command);
    processes.add(process);
    return process;
  }

  private Channel open(
      String protocol, SocketType type, CanAddress address, ChannelHandler... handlers)
      throws Exception {
    Bus.open(protocol, type.equals(SocketType.RAW) ? "SOCK_RAW" : "SOCK_DGRAM").close();
    return done(
        new Bootstrap(group)
            .type(type, new Protocol(Abi.HOST.value(protocol)))
            .option(MessageOptions.SO_BROADCAST, true)
            .option(ChannelOption.MESSAGE_SIZE, LONGEST)
            // The kernel sends hundreds of frames at once, which a slow processor does not take.
            .option(RECEIVE_BUFFER, 8 << 20)
            .handler(channel -> channel.pipeline().addLast(handlers))
            .bind(address));
  }

  private Channel raw(String device, ChannelHandler... handlers) throws Exception {
    return open("CAN_RAW", SocketType.RAW, CanAddress.raw(device), handlers);
  }

  private static <T> T done(Future<T> future) throws Exception {
    return future.get(Bus.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** The bytes of the next message, be it a socket's or a handler's. */
  private byte[] next() throws InterruptedException {
    Object next = recorder.events.poll(Bus.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertNotNull(next, "nothing comes");
    if (next instanceof Message message) {
      byte[] bytes = ByteBufUtil.getBytes(message.content());
      message.release();
      return bytes;
    }
    ByteBuf buf = assertInstanceOf(ByteBuf.class, next, next::toString);
    byte[] bytes = ByteBufUtil.getBytes(buf);
    buf.release();
    return bytes;
  }

  private String frame() throws InterruptedException {
    Object next = recorder.events.poll(Bus.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return assertInstanceOf(CanReceived.class, next).frame().toString();
  }

  // ISO-TP: the kernel's, and the one in user space.

  private Channel kernelsIsoTp() throws Exception {
    return open(
        "CAN_ISOTP", SocketType.DGRAM, CanAddress.isoTp(Bus.NAME, PEER.raw(), OWN.raw()), recorder);
  }

  private Channel userSpaceIsoTp() throws Exception {
    Duration patience = Duration.ofSeconds(5);
    return raw(
        Bus.NAME,
        new CanFrameHandler(),
        CanSendQueue.builder().build(),
        new IsoTpHandler(
            IsoTpAddress.normal(OWN, PEER),
            IsoTpOptions.DEFAULT.withFlowControl(8, 0).withTimeouts(patience, patience)),
        recorder);
  }

  private void isReadFromIsotpsend(Channel channel) throws Exception {
    for (int length : new int[] {1, 7, 8, 4095}) {
      byte[] message = Frames.data(new Random(length), length).toArray();
      Process send = start("isotpsend", "-s", PEER.toString(), "-d", OWN.toString(), Bus.NAME);
      try (var in = send.getOutputStream()) {
        in.write(HexFormat.ofDelimiter(" ").formatHex(message).getBytes(US_ASCII));
        in.write('\n');
      }
      assertArrayEquals(message, next(), length + " bytes");
      Bus.assertEnds(send);
    }
    done(channel.close());
  }

  private void isWrittenToIsotprecv(Channel channel) throws Exception {
    Process receive =
        start(
            "stdbuf",
            "-oL",
            "isotprecv",
            "-l",
            "-b",
            "7",
            "-s",
            PEER.toString(),
            "-d",
            OWN.toString(),
            Bus.NAME);
    Bus.awaitReceiving(receive);
    try (BufferedReader out = receive.inputReader(US_ASCII)) {
      for (int length : new int[] {1, 7, 8, 4095}) {
        byte[] message = Frames.data(new Random(length), length).toArray();
        done(channel.writeAndFlush(Unpooled.wrappedBuffer(message)));
        assertEquals(
            HexFormat.ofDelimiter(" ").withUpperCase().formatHex(message),
            String.valueOf(out.readLine()).strip());
      }
    }
    done(channel.close());
  }

  @Test
  void isotpsendIsReadByAChannelOfTheKernelsIsoTp() throws Exception {
    isReadFromIsotpsend(kernelsIsoTp());
  }

  @Test
  void isotprecvReadsFromAChannelOfTheKernelsIsoTp() throws Exception {
    isWrittenToIsotprecv(kernelsIsoTp());
  }

  @Test
  void isotpsendIsReadByAChannelWithIsoTpInUserSpace() throws Exception {
    isReadFromIsotpsend(userSpaceIsoTp());
  }

  @Test
  void isotprecvReadsFromAChannelWithIsoTpInUserSpace() throws Exception {
    isWrittenToIsotprecv(userSpaceIsoTp());
  }

  // J1939: the kernel's. J1939KernelTest has the one in user space.

  private Channel j1939() throws Exception {
    return open("CAN_J1939", SocketType.DGRAM, j1939(ADDRESS), recorder);
  }

  private static CanAddress j1939(int address) throws IOException {
    return CanAddress.j1939(Bus.NAME, 0, PGN, address);
  }

  /** As the programs take it: who they are, and with whom they speak about what. */
  private static String own(int address) {
    return "%s:0x%x".formatted(Bus.NAME, address);
  }

  private static String to(int address) {
    return ":0x%x,0x%x".formatted(address, PGN);
  }

  private static byte[] message(int length) {
    return Frames.data(new Random(length), length).toArray();
  }

  private static void say(Channel channel, int address, byte[] message) throws Exception {
    done(channel.writeAndFlush(Message.to(j1939(address), Unpooled.wrappedBuffer(message))));
  }

  @Test
  void j1939catIsReadByAChannelOfTheKernelsJ1939() throws Exception {
    Channel channel = j1939();
    for (int length : new int[] {8, 1785, LONGEST}) {
      byte[] message = message(length);
      Path file = Files.write(folder.resolve("message"), message);
      Process send = start("j1939cat", "-i", file.toString(), own(PEER_ADDRESS), to(ADDRESS));
      assertArrayEquals(message, next(), length + " bytes");
      send.waitFor(); // its status says nothing: J1939KernelTest
    }
    done(channel.close());
  }

  @Test
  void j1939catReadsFromAChannelOfTheKernelsJ1939() throws Exception {
    Channel channel = j1939();
    Process receive = start("j1939cat", own(PEER_ADDRESS), "-r");
    Bus.awaitReceiving(receive);
    for (int length : new int[] {8, 1785, LONGEST}) {
      byte[] message = message(length);
      say(channel, PEER_ADDRESS, message);
      assertArrayEquals(message, receive.getInputStream().readNBytes(length), length + " bytes");
    }
    done(channel.close());
  }

  @Test
  void testj1939AndAChannelAnswerEachOther() throws Exception {
    Channel channel = j1939();
    // Sends 20 bytes of its own and then, as -e says, whatever it is sent.
    Process peer = start("testj1939", "-e", "-s20", own(PEER_ADDRESS), to(ADDRESS));
    assertEquals(20, next().length);
    Bus.awaitReceiving(peer);
    for (int length : new int[] {1, 8, 9, 100}) {
      byte[] message = message(length);
      say(channel, PEER_ADDRESS, message);
      assertArrayEquals(message, next(), length + " bytes");
    }
    done(channel.close());
  }

  @Test
  void j1939spySeesWhatAChannelSendsToAnother() throws Exception {
    Channel channel = j1939();
    try (Socket other = Bus.open("CAN_J1939", "SOCK_DGRAM")) {
      other.bind(j1939(PEER_ADDRESS)); // without it nobody would let the sender go on
      Process spy = start("stdbuf", "-oL", "j1939spy", "-P", Bus.NAME + ":");
      Bus.awaitReceiving(spy);
      say(channel, PEER_ADDRESS, HexFormat.of().parseHex("00112233445566778899aabb"));
      try (BufferedReader out = spy.inputReader(US_ASCII)) {
        String line = String.valueOf(out.readLine());
        assertTrue(line.contains("80") && line.contains("12300"), line);
        assertTrue(line.replace(" ", "").contains("00112233445566778899aabb"), line);
      }
    }
    done(channel.close());
  }

  // Frames: the kernel's own gateway, and Python.

  @Test
  void cangwForwardsWhatAChannelSends() throws Exception {
    Channel sender = raw(Bus.NAME, new CanFrameHandler(), CanSendQueue.builder().build());
    Channel receiver = raw(OTHER, new CanFrameHandler(), recorder);
    Bus.assertEnds(
        start(
            "cangw",
            "-A",
            "-s",
            Bus.NAME,
            "-d",
            OTHER,
            "-e",
            "-f",
            "6C0:7FC",
            "-m",
            "SET:D:0.0.1122334455667788"));
    try {
      int count = 500;
      for (int i = 0; i < count; i++) {
        sender.write(CanFrame.parse("%03X#%04X".formatted(0x6c0 + i % 4, i)), null);
        sender.write(CanFrame.parse("6C8#%04X".formatted(i)), null); // is not forwarded
      }
      sender.flush();
      for (int i = 0; i < count; i++) {
        assertEquals("%03X#1122".formatted(0x6c0 + i % 4), frame());
      }
    } finally {
      Bus.assertEnds(start("cangw", "-F"));
    }
    done(sender.close());
    done(receiver.close());
  }

  @Test
  void pythonCansSocketcanInterfaceAnswersAChannel() throws Exception {
    Channel channel =
        raw(
            Bus.NAME,
            new CanFrameHandler(CanFrameHandler.Option.FD),
            CanSendQueue.builder().build(),
            recorder);
    Process python =
        new Python("python-can==4.6.1")
            .start(
                """
                import can
                bus = can.Bus(interface='socketcan', channel='%s', fd=True)
                print('ready', flush=True)
                for i in range(5):
                    m = bus.recv(60)
                    m.arbitration_id += 1
                    bus.send(m)
                bus.shutdown()
                """
                    .formatted(Bus.NAME));
    processes.add(python);
    try (BufferedReader out = python.inputReader(US_ASCII)) {
      assertEquals("ready", out.readLine());
      for (String[] pair :
          new String[][] {
            {"123#CAFE", "124#CAFE"},
            {"18DAF110#", "18DAF111#"},
            {"7F0#R4", "7F1#R4"},
            {"321##1000102030405060708090A0B", "322##1000102030405060708090A0B"},
            {"322##0", "323##0"}
          }) {
        done(channel.writeAndFlush(CanFrame.parse(pair[0])));
        assertEquals(pair[1], frame());
      }
      assertNull(out.readLine());
    }
    done(channel.close());
  }
}
