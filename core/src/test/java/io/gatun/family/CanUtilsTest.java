package io.gatun.family;

import static io.gatun.socket.SocketConstants.CAN_EFF_FLAG;
import static io.gatun.socket.SocketConstants.CAN_RAW_FD_FRAMES;
import static io.gatun.socket.SocketConstants.SOL_CAN_RAW;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.address.CanAddress;
import io.gatun.socket.Socket;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The can-utils at the other end of the bus: candump, cansend, isotpsend, isotprecv. */
final class CanUtilsTest {
  private static final String BUS = "vcan0";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private static Socket raw() throws IOException {
    Families.assumeBus(BUS);
    Socket socket = Families.open("AF_CAN", "SOCK_RAW", "CAN_RAW");
    socket.setTimeout(PATIENCE);
    socket.setSockOpt(SOL_CAN_RAW, CAN_RAW_FD_FRAMES, 1);
    socket.bind(CanAddress.raw(BUS));
    return socket;
  }

  private static Socket isoTp(int rxId, int txId) throws IOException {
    Families.assumeBus(BUS);
    Socket socket = Families.open("AF_CAN", "SOCK_DGRAM", "CAN_ISOTP");
    socket.setTimeout(PATIENCE);
    socket.bind(CanAddress.isoTp(BUS, rxId, txId));
    return socket;
  }

  private static Process start(String... command) throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin", command[0])), "can-utils are not installed");
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static void assertEnds(Process process) throws Exception {
    assertTrue(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), "it does not end");
    assertEquals(0, process.exitValue());
  }

  /**
   * struct can_frame { canid_t can_id; __u8 len; __u8 pad, res0, len8_dlc; __u8 data[8]; }; one of
   * CAN FD has 64 bytes of data.
   */
  private static byte[] frame(int id, byte[] data, int room) {
    ByteBuffer frame = ByteBuffer.allocate(8 + room).order(ByteOrder.nativeOrder());
    frame.putInt(id).put((byte) data.length).position(8).put(data);
    return frame.array();
  }

  @Test
  void aFrameOfCansendIsReceived() throws Exception {
    try (Socket socket = raw()) {
      assertEnds(start("cansend", BUS, "123#DEADBEEF"));
      assertArrayEquals(frame(0x123, HEX.parseHex("DEADBEEF"), 8), socket.recv(72));
      assertEnds(start("cansend", BUS, "18DAF110#0102030405060708"));
      assertArrayEquals(
          frame(0x18DAF110 | CAN_EFF_FLAG, HEX.parseHex("0102030405060708"), 8), socket.recv(72));
      assertEnds(start("cansend", BUS, "123##1" + "AB".repeat(64)));
      byte[] fd = socket.recv(72);
      assertEquals(72, fd.length);
      assertEquals(64, fd[4]);
      assertEquals((byte) 0xAB, fd[71]);
    }
  }

  /** Sends until candump listens, which it does not tell: the first of each is what it shows. */
  @Test
  void candumpShowsTheFramesThatAreSent() throws Exception {
    try (Socket socket = raw()) {
      Process dump = start("candump", "-L", "-n", "1", BUS + ",456:7FF");
      while (dump.isAlive()) {
        socket.send(frame(0x456, HEX.parseHex("CAFE"), 8));
        Thread.onSpinWait();
      }
      try (BufferedReader out = dump.inputReader(US_ASCII)) {
        assertTrue(String.valueOf(out.readLine()).endsWith(BUS + " 456#CAFE"));
      }
      assertEnds(dump);
    }
  }

  @Test
  void aLongMessageOfIsotpsendIsReceived() throws Exception {
    byte[] message = new byte[300];
    for (int i = 0; i < message.length; i++) {
      message[i] = (byte) i;
    }
    try (Socket socket = isoTp(0x321, 0x322)) {
      Process send = start("isotpsend", "-s", "321", "-d", "322", BUS);
      try (var in = send.getOutputStream()) {
        in.write(HexFormat.ofDelimiter(" ").formatHex(message).getBytes(US_ASCII));
        in.write('\n');
      }
      assertArrayEquals(message, socket.recv(4096));
      assertEnds(send);
    }
  }

  /** The first frames may come before isotprecv listens: nothing tells, so they are sent again. */
  @Test
  void isotprecvReceivesAMessage() throws Exception {
    try (Socket socket = isoTp(0x421, 0x422)) {
      Process receive = start("isotprecv", "-s", "421", "-d", "422", BUS);
      while (receive.isAlive()) {
        socket.send(HEX.parseHex("0102030405"));
        Thread.onSpinWait();
      }
      try (BufferedReader out = receive.inputReader(US_ASCII)) {
        assertEquals("01 02 03 04 05", String.valueOf(out.readLine()).strip());
      }
      assertEnds(receive);
    }
  }
}
