package io.gatun.examples.raw;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.address.AddressFamily;
import io.gatun.address.CanAddress;
import io.gatun.address.Ipv4Address;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.error.WouldBlockException;
import io.gatun.examples.Gatun;
import io.gatun.socket.Socket;
import io.gatun.socket.SocketConstants;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In this JVM, since the guest runs it too. */
@Timeout(120)
class RawTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A program on a thread of its own. What it has printed is read once it has ended. */
  private record Running(CompletableFuture<Integer> status, StringWriter out) {
    static Running start(String... args) {
      StringWriter out = new StringWriter();
      var line = Gatun.commandLine().setOut(new PrintWriter(out));
      return new Running(
          CompletableFuture.supplyAsync(
              () -> line.execute(args), task -> Thread.ofPlatform().daemon().start(task)),
          out);
    }
  }

  @Test
  void theSnifferSeesADatagramOnTheLoopback() throws Exception {
    try (Socket unused = Socket.open(AddressFamily.of("AF_PACKET"), SocketType.DGRAM)) {
      assertTrue(unused.fileno() >= 0);
    } catch (IOException | IllegalArgumentException e) {
      abort("no packet sockets for us: " + e.getMessage());
    }
    Running sniffer = Running.start("sniff", "lo", "--count", "1");
    try (Socket sender = Socket.open(AddressFamily.INET, SocketType.DGRAM);
        Socket receiver = Socket.open(AddressFamily.INET, SocketType.DGRAM)) {
      receiver.bind(Ipv4Address.loopback(0));
      while (!sniffer.status.isDone()) { // nothing tells that it listens
        sender.sendTo(new byte[12], receiver.getSockName());
        Thread.onSpinWait();
      }
    }
    assertEquals(0, sniffer.status.get());
    String line = sniffer.out.toString();
    assertTrue(line.matches("lo: 127\\.\\S+ > 127\\.\\S+, protocol \\d+, \\d+ bytes\\R"), line);
  }

  @Test
  void theCanProgramSendsAFrameBackAndOneOfItsOwn() throws Exception {
    assumeTrue(Files.exists(Path.of("/sys/class/net/vcan1")), "this machine has no bus vcan1");
    StringWriter out = new StringWriter();
    try (Socket bus = bus();
        Socket program = bus()) {
      var echo =
          CompletableFuture.runAsync(
              () -> {
                try {
                  CanEcho.echo(program, new PrintWriter(out), 1);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              },
              task -> Thread.ofPlatform().daemon().start(task));
      byte[] frame = CanEcho.frame(0x123, new byte[] {(byte) 0xca, (byte) 0xfe});
      bus.send(frame);
      assertArrayEquals(frame, bus.recv(16));
      assertArrayEquals(CanEcho.frame(1, new byte[] {1, 2, 3}), bus.recv(16));
      echo.get();
    }
    assertEquals("received: id 123, 2 bytes: cafe" + System.lineSeparator(), out.toString());
  }

  @Test
  void theBroadcastManagerSendsAFrameSoOften() throws Exception {
    assumeTrue(Files.exists(Path.of("/sys/class/net/vcan1")), "this machine has no bus vcan1");
    try (Socket bus = bus()) {
      Running cyclic =
          Running.start("can-cyclic", "vcan1", "321#CAFE", "--every", "20", "--count", "3");
      byte[] frame = CanEcho.frame(0x321, new byte[] {(byte) 0xca, (byte) 0xfe});
      for (int i = 0; i < 3; i++) {
        assertArrayEquals(frame, bus.recv(16));
      }
      assertEquals(0, cyclic.status.get());
      bus.setTimeout(Duration.ZERO);
      assertThrows(WouldBlockException.class, () -> bus.recv(16), "no more than so often");
    }
  }

  @Test
  void whatIsNoFrameIsToldSo() {
    for (String frame : List.of("", "123", "#", "800#00", "123#0", "123#000102030405060708")) {
      assumeTrue(SocketConstants.AF_CAN != SocketConstants.ABSENT, "no CAN sockets here");
      StringWriter err = new StringWriter();
      assertEquals(
          2,
          Gatun.commandLine()
              .setErr(new PrintWriter(err))
              .execute("can-cyclic", "no-such-bus", frame),
          frame);
      assertTrue(err.toString().startsWith("gatun: "), err::toString);
    }
  }

  private static Socket bus() throws IOException {
    Socket socket =
        Socket.open(
            AddressFamily.of("AF_CAN"), SocketType.RAW, new Protocol(SocketConstants.CAN_RAW));
    socket.setTimeout(PATIENCE);
    socket.bind(CanAddress.raw("vcan1"));
    return socket;
  }
}
