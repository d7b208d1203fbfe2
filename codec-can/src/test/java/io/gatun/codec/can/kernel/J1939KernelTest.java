package io.gatun.codec.can.kernel;

import static io.gatun.socket.SocketConstants.SOL_SOCKET;
import static io.gatun.socket.SocketConstants.SO_BROADCAST;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatun.address.CanAddress;
import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.Frames;
import io.gatun.codec.can.j1939.J1939Error;
import io.gatun.codec.can.j1939.J1939Id;
import io.gatun.codec.can.j1939.J1939Listener;
import io.gatun.codec.can.j1939.J1939Message;
import io.gatun.codec.can.j1939.J1939Name;
import io.gatun.codec.can.j1939.J1939Node;
import io.gatun.codec.can.j1939.J1939Transport;
import io.gatun.socket.Socket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * J1939 in user space, with the kernel's can-j1939 and the programs of can-utils at the other end.
 */
final class J1939KernelTest {
  private static final int PGN = 0x12300;
  private static final int NO_NAME = 0;
  private static final int OWN = 0x80;
  private static final int PEER = 0x91;

  @TempDir Path folder;

  /** The kernel waits for a second, in which a slow processor has not loaded all classes. */
  @BeforeAll
  static void loadClasses() throws IOException {
    byte[] message = new byte[2000];
    try (Socket kernel = kernel(PEER);
        End end = new End(name(1), OWN, 16).claimed()) {
      kernel.setTimeout(Duration.ofSeconds(5));
      for (int good = 0; good < 3; ) {
        end.errors.clear();
        int before = end.sent;
        end.node.send(message(PEER, message), System.nanoTime());
        end.drive(() -> end.sent > before || !end.errors.isEmpty());
        kernel.sendTo(message, to(OWN));
        end.drive(() -> !end.messages.isEmpty() || !end.errors.isEmpty());
        end.messages.clear();
        good = end.errors.isEmpty() ? good + 1 : 0;
      }
    }
  }

  /** A node on the bus. */
  private static final class End implements J1939Listener, AutoCloseable {
    final Bus bus = new Bus();
    final J1939Node node;
    final Queue<J1939Message> messages = new ArrayDeque<>();
    final List<J1939Error> errors = new ArrayList<>();
    int sent;

    End(J1939Name name, int address, int packets) throws IOException {
      J1939Transport.Options options = new J1939Transport.Options(1 << 20, 8, packets, 50);
      node = new J1939Node(name, address, options, 1, this);
      node.start(System.nanoTime());
    }

    @Override
    public void transmit(CanFrame frame) {
      bus.send(frame);
    }

    @Override
    public void received(J1939Message message) {
      if (message.pgn() == PGN) {
        messages.add(message);
      }
    }

    @Override
    public void sent(J1939Message message) {
      sent++;
    }

    @Override
    public void failed(J1939Message message, boolean isOfSending, J1939Error error) {
      errors.add(error);
    }

    @Override
    public void addressChanged(int address) {}

    void drive(Bus.Condition done) throws IOException {
      bus.drive(node::receive, node::run, node::timeLeft, done);
    }

    End claimed() throws IOException {
      drive(() -> node.address() != J1939Id.NULL);
      return this;
    }

    void send(J1939Message message) throws IOException {
      int before = sent + errors.size();
      node.send(message, System.nanoTime());
      drive(() -> sent + errors.size() > before);
      assertEquals(List.of(), errors, message.toString());
    }

    J1939Message receive() throws IOException {
      drive(() -> !messages.isEmpty() || !errors.isEmpty());
      assertEquals(List.of(), errors);
      return messages.remove();
    }

    @Override
    public void close() throws IOException {
      bus.close();
    }
  }

  private static J1939Name name(int identity) {
    return new J1939Name(true, 0, 0, 0, 0, 0, 0, 1, identity);
  }

  private static Socket kernel(int address) throws IOException {
    Socket socket = Bus.open("CAN_J1939", "SOCK_DGRAM");
    socket.setTimeout(Bus.PATIENCE);
    socket.setSockOpt(SOL_SOCKET, SO_BROADCAST, 1);
    socket.bind(CanAddress.j1939(Bus.NAME, NO_NAME, PGN, address));
    return socket;
  }

  private static CanAddress to(int address) throws IOException {
    return CanAddress.j1939(Bus.NAME, NO_NAME, PGN, address);
  }

  @Test
  void messagesToOneGoBothWays() throws IOException {
    Random random = new Random(1);
    for (int packets : new int[] {1, 16, 255}) {
      try (Socket kernel = kernel(PEER);
          End end = new End(name(1), OWN, packets).claimed()) {
        for (int length : new int[] {1, 8, 9, 14, 15, 100, 1784, 1785, 1786, 5000, 20_000}) {
          byte[] there = Frames.data(random, length).toArray();
          end.send(message(PEER, there));
          assertArrayEquals(there, kernel.recv(30_000), length + " bytes there");
          byte[] back = Frames.data(random, length).toArray();
          assertEquals(length, kernel.sendTo(back, to(OWN)));
          J1939Message received = end.receive();
          assertArrayEquals(back, received.data().toArray(), length + " bytes back");
          assertEquals(PEER, received.source());
          assertEquals(OWN, received.destination());
        }
      }
    }
  }

  private static J1939Message message(int destination, byte[] data) {
    return J1939Message.to(PGN, destination, CanData.of(data));
  }

  @Test
  void messagesToAllGoBothWays() throws IOException {
    Random random = new Random(2);
    try (Socket kernel = kernel(PEER);
        End end = new End(name(1), OWN, 16).claimed()) {
      byte[] back = {};
      for (int length : new int[] {8, 9, 50, 300}) {
        byte[] there = Frames.data(random, length).toArray();
        end.send(message(J1939Id.GLOBAL, there));
        byte[] got = kernel.recv(2000);
        if (Arrays.equals(got, back)) {
          got = kernel.recv(2000); // before it came its own, which was for all too
        }
        assertArrayEquals(there, got, length + " bytes there");
        back = Frames.data(random, length).toArray();
        assertEquals(length, kernel.sendTo(back, to(J1939Id.GLOBAL)));
        J1939Message received = end.receive();
        assertArrayEquals(back, received.data().toArray(), length + " bytes back");
        assertEquals(J1939Id.GLOBAL, received.destination());
      }
    }
  }

  @Test
  void j1939catSendsAndReceives() throws IOException, InterruptedException {
    byte[] message = Frames.data(new Random(3), 3000).toArray();
    Path file = Files.write(folder.resolve("message"), message);
    try (End end = new End(name(1), OWN, 16).claimed()) {
      Process send =
          Bus.start("j1939cat", "-i", file.toString(), Bus.NAME + ":0x92", ":0x80,0x12300");
      assertArrayEquals(message, end.receive().data().toArray());
      // Its status says nothing: can-utils of 2020 takes what newer kernels notify of for cut off.
      send.waitFor();
    }
    try (End end = new End(name(1), OWN, 16).claimed()) {
      Process receive = Bus.start("j1939cat", Bus.NAME + ":0x93", "-r");
      // Until it listens nobody answers.
      while (end.sent == 0) {
        int before = end.errors.size();
        end.node.send(message(0x93, message), System.nanoTime());
        end.drive(() -> end.sent > 0 || end.errors.size() > before);
      }
      assertArrayEquals(message, receive.getInputStream().readNBytes(message.length));
      receive.destroy();
    }
  }

  /** The daemon has an address and gives it up to a lesser name, or keeps it against a greater. */
  @Test
  void anAddressIsDisputedWithTheDaemon() throws IOException, InterruptedException {
    for (boolean lesser : new boolean[] {true, false}) {
      try (End watch = new End(name(7), 0x10, 16).claimed()) {
        J1939Name daemon = name(1000);
        Process process =
            Bus.start(
                "j1939acd",
                "-r",
                "160-163",
                "-a",
                "160",
                "-c",
                folder + "/cache" + lesser,
                daemon.toString(),
                Bus.NAME);
        watch.drive(() -> watch.node.claim().addressOf(daemon) == 160);
        try (End end = new End(name(lesser ? 2 : 2000), 160, 16)) {
          end.drive(() ->
              end.node.address() != J1939Id.NULL
                  && end.node.claim().addressOf(daemon) != J1939Id.NULL);
          assertEquals(lesser, end.node.address() == 160);
          assertEquals(lesser, end.node.claim().addressOf(daemon) != 160);
        }
        process.destroy();
        process.waitFor();
      }
    }
  }
}
