package io.gatun.family;

import io.gatun.address.HardwareAddress;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A Bluetooth controller that is not there: /dev/vhci hands its commands to us, and we answer as a
 * simple one of BR/EDR would. Two of them that know of each other are in each other's reach. What
 * is done for what is in the Bluetooth Core Specification, volume 4, part E.
 */
final class VirtualController {
  private static final int COMMAND = 1;
  private static final int DATA = 2;
  private static final int EVENT = 4;
  private static final int VENDOR = 0xff;

  private static final int CONNECT = 0x0405;
  private static final int DISCONNECT = 0x0406;
  private static final int ACCEPT = 0x0409;
  private static final int REMOTE_NAME = 0x0419;
  private static final int REMOTE_FEATURES = 0x041b;
  private static final int READ_VERSION = 0x1001;
  private static final int READ_BUFFER_SIZE = 0x1005;
  private static final int READ_ADDRESS = 0x1009;

  /** There is one connection at most, so both ends may call it so. */
  private static final int HANDLE = 1;

  private static final int ENDED_BY_PEER = 0x13;
  private static final int ENDED_HERE = 0x16;

  private final RandomAccessFile device = new RandomAccessFile("/dev/vhci", "rw");
  private final byte[] address;
  private final int index;
  private @Nullable VirtualController peer;

  /** Makes a controller with an address of six bytes, in the order of the text. */
  VirtualController(HardwareAddress address) throws IOException {
    this.address = reversed(address.toByteArray());
    device.write(new byte[] {(byte) VENDOR, 0});
    byte[] answer = new byte[4];
    if (device.read(answer) != 4 || (answer[0] & 0xff) != VENDOR) {
      throw new IOException("/dev/vhci answered " + Arrays.toString(answer));
    }
    index = (answer[2] & 0xff) | (answer[3] & 0xff) << 8;
  }

  /** The number of the adapter: 0 is hci0. */
  int index() {
    return index;
  }

  /** Brings two controllers into each other's reach, and begins to serve both. */
  static void connect(VirtualController one, VirtualController other) {
    one.peer = other;
    other.peer = one;
    for (VirtualController controller : new VirtualController[] {one, other}) {
      Thread.ofPlatform().daemon().name("hci" + controller.index).start(controller::serve);
    }
  }

  private void serve() {
    byte[] packet = new byte[4096];
    try {
      while (true) {
        int length = device.read(packet);
        ByteBuffer buffer = ByteBuffer.wrap(packet, 0, length).slice();
        buffer.order(ByteOrder.LITTLE_ENDIAN);
        switch (buffer.get()) {
          case COMMAND -> command(buffer.getShort(), buffer.position(3 + 1));
          case DATA -> data(buffer);
          default -> {} // what a later kernel may say besides
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private VirtualController peer() {
    if (peer == null) {
      throw new IllegalStateException("nobody is in reach");
    }
    return peer;
  }

  private void command(int opcode, ByteBuffer parameters) throws IOException {
    switch (opcode) {
      case READ_VERSION -> complete(opcode, bytes(9).put(1, (byte) 3).put(4, (byte) 3));
      case READ_BUFFER_SIZE ->
          complete(
              opcode, bytes(8).putShort(1, (short) 1021).put(3, (byte) 64).putShort(4, (short) 8));
      case READ_ADDRESS -> complete(opcode, bytes(7).put(1, address));
      case CONNECT -> {
        status(opcode);
        // bdaddr, class of device, link type: ACL
        peer().event(0x04, bytes(10).put(0, address).put(9, (byte) 1));
      }
      case ACCEPT -> {
        status(opcode);
        connected(peer().address);
        peer().connected(address);
      }
      case REMOTE_NAME -> {
        byte[] whose = new byte[6];
        parameters.get(whose);
        status(opcode);
        event(0x07, bytes(255).put(1, whose).put(7, (byte) 'g'));
      }
      case REMOTE_FEATURES -> {
        status(opcode);
        event(0x0b, bytes(11).putShort(1, (short) HANDLE));
      }
      case DISCONNECT -> {
        status(opcode);
        disconnected(ENDED_HERE);
        peer().disconnected(ENDED_BY_PEER);
      }
      default -> {
        if (opcode >>> 10 == 1) {
          status(opcode); // those of links are only begun by then
        } else {
          complete(opcode, bytes(249)); // the longest there is, a name: too much does no harm
        }
      }
    }
  }

  /** Data for the peer: handle and flags, length. */
  private void data(ByteBuffer packet) throws IOException {
    int flags = packet.getShort(1) >>> 12 & 3;
    // A message that begins, which may or may not be flushed, is one that begins to who gets it.
    int given = HANDLE | (flags == 1 ? 1 : 2) << 12;
    packet.putShort(1, (short) given);
    peer().write(packet.rewind());
    // One packet of one connection is sent.
    event(0x13, bytes(5).put(0, (byte) 1).putShort(1, (short) HANDLE).putShort(3, (short) 1));
  }

  /** Connection Complete: status, handle, bdaddr, link type, encryption. */
  private void connected(byte[] with) throws IOException {
    event(0x03, bytes(11).putShort(1, (short) HANDLE).put(3, with).put(9, (byte) 1));
  }

  private void disconnected(int reason) throws IOException {
    event(0x05, bytes(4).putShort(1, (short) HANDLE).put(3, (byte) reason));
  }

  /** Command Status: status, how many commands more it takes, opcode. */
  private void status(int opcode) throws IOException {
    event(0x0f, bytes(4).put(1, (byte) 1).putShort(2, (short) opcode));
  }

  /** Command Complete, with results that begin with a status of 0. */
  private void complete(int opcode, ByteBuffer results) throws IOException {
    ByteBuffer parameters = bytes(3 + results.capacity());
    parameters.put(0, (byte) 1).putShort(1, (short) opcode);
    event(0x0e, parameters.put(3, results, 0, results.capacity()));
  }

  private void event(int code, ByteBuffer parameters) throws IOException {
    byte[] packet = new byte[3 + parameters.capacity()];
    packet[0] = EVENT;
    packet[1] = (byte) code;
    packet[2] = (byte) parameters.capacity();
    parameters.get(0, packet, 3, parameters.capacity());
    write(ByteBuffer.wrap(packet));
  }

  /** One call of write is one packet. */
  private void write(ByteBuffer packet) throws IOException {
    byte[] bytes = new byte[packet.remaining()];
    packet.get(bytes);
    synchronized (device) {
      device.write(bytes);
    }
  }

  private static ByteBuffer bytes(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }
}
