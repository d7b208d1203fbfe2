package io.gatun.examples.raw;

import io.gatun.address.AddressFamily;
import io.gatun.address.CanAddress;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.socket.Datagram;
import io.gatun.socket.Socket;
import io.gatun.socket.SocketConstants;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./gatun can-echo}: the CAN program of Python's socket documentation. */
@Command(
    name = "can-echo",
    header = "Print each frame of a CAN bus, send it back, and then one of its own. Linux only.",
    description = {
      "",
      "Try it on a virtual bus:",
      "  ip link add vcan0 type vcan; ip link set vcan0 up",
      "",
    },
    mixinStandardHelpOptions = true)
public final class CanEcho implements Callable<Integer> {
  /** struct can_frame { canid_t can_id; __u8 len; __u8 pad, res0, len8_dlc; __u8 data[8]; }; */
  private static final int FRAME = 16;

  private static final int DATA = 8;

  @Parameters(paramLabel = "BUS", description = "The interface, such as can0 or vcan0.")
  String bus = "";

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "End after so many frames. Default: never.")
  long count = Long.MAX_VALUE;

  @Spec CommandSpec spec;

  /** Called by picocli. */
  public CanEcho() {}

  @Override
  public Integer call() throws IOException {
    if (SocketConstants.AF_CAN == SocketConstants.ABSENT) {
      throw new ParameterException(spec.commandLine(), "this system has no CAN sockets");
    }
    try (Socket socket =
        Socket.open(
            AddressFamily.of("AF_CAN"), SocketType.RAW, new Protocol(SocketConstants.CAN_RAW))) {
      socket.bind(CanAddress.raw(bus));
      echo(socket, spec.commandLine().getOut(), count);
    }
    return CommandLine.ExitCode.OK;
  }

  static void echo(Socket socket, PrintWriter out, long count) throws IOException {
    for (long i = 0; i < count; i++) {
      Datagram received = socket.recvFrom(FRAME);
      ByteBuffer frame = ByteBuffer.wrap(received.data()).order(ByteOrder.nativeOrder());
      int id = frame.getInt();
      int length = frame.get();
      String data = HexFormat.of().formatHex(received.data(), DATA, DATA + length);
      out.printf("received: id %x, %d bytes: %s%n", id, length, data);
      out.flush();
      socket.send(received.data());
      socket.send(frame(1, new byte[] {1, 2, 3}));
    }
  }

  static byte[] frame(int id, byte[] data) {
    ByteBuffer frame = ByteBuffer.allocate(FRAME).order(ByteOrder.nativeOrder());
    return frame.putInt(id).put((byte) data.length).position(DATA).put(data).array();
  }
}
