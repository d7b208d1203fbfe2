package io.gatun.examples.raw;

import io.gatun.address.AddressFamily;
import io.gatun.address.CanAddress;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.socket.Socket;
import io.gatun.socket.SocketConstants;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./gatun can-cyclic}: the other way of Python's documentation, the broadcast manager. */
@Command(
    name = "can-cyclic",
    header = "Have the kernel send a CAN frame again and again, at an interval. Linux only.",
    description = {"", "Try it: ./gatun can-cyclic vcan0 123#CAFE --every 100 --count 10", ""},
    mixinStandardHelpOptions = true)
public final class CanCyclic implements Callable<Integer> {
  /**
   * struct bcm_msg_head { __u32 opcode, flags, count; struct bcm_timeval { long tv_sec, tv_usec; }
   * ival1, ival2; canid_t can_id; __u32 nframes; struct can_frame frames[0]; };
   */
  private static final int HEAD = 56;

  private static final int FIRST_INTERVAL = 16;
  private static final int CAN_ID = 48;

  @Parameters(paramLabel = "BUS", description = "The interface, such as can0 or vcan0.")
  String bus = "";

  @Parameters(
      index = "1",
      paramLabel = "ID#DATA",
      description = "The frame, in hexadecimal digits as cansend(1) has it.")
  String frame = "";

  @Option(
      names = "--every",
      paramLabel = "MS",
      defaultValue = "1000",
      description = "The interval, in milliseconds. Default: ${DEFAULT-VALUE}.")
  long millis;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "10",
      description = "How many frames. Default: ${DEFAULT-VALUE}.")
  int count;

  @Spec CommandSpec spec;

  /** Called by picocli. */
  public CanCyclic() {}

  @Override
  public Integer call() throws IOException {
    if (SocketConstants.AF_CAN == SocketConstants.ABSENT) {
      throw new ParameterException(spec.commandLine(), "this system has no CAN sockets");
    }
    if (millis < 1 || count < 1) {
      throw new ParameterException(spec.commandLine(), "--every and --count begin at 1");
    }
    byte[] job = job();
    try (Socket socket =
        Socket.open(
            AddressFamily.of("AF_CAN"), SocketType.DGRAM, new Protocol(SocketConstants.CAN_BCM))) {
      socket.connect(CanAddress.raw(bus));
      socket.send(job);
      int opcode;
      do { // closing the socket would end the job: wait for what tells that it is done
        opcode = ByteBuffer.wrap(socket.recv(job.length)).order(ByteOrder.nativeOrder()).getInt();
      } while (opcode != SocketConstants.CAN_BCM_TX_EXPIRED);
    }
    return CommandLine.ExitCode.OK;
  }

  /** The kernel is to send the frame so often, and to tell when it has. */
  private byte[] job() {
    int id;
    byte[] data;
    try {
      int mark = frame.indexOf('#');
      id = Integer.parseInt(frame, 0, mark, 16); // not HexFormat, which takes none for 0
      data = HexFormat.of().parseHex(frame.substring(mark + 1));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new ParameterException(spec.commandLine(), "\"" + frame + "\" is no frame", e);
    }
    if (id < 0 || id > SocketConstants.CAN_SFF_MASK || data.length > 8) {
      throw new ParameterException(spec.commandLine(), "an ID has 11 bits, and data 8 bytes");
    }
    byte[] can = CanEcho.frame(id, data);
    ByteBuffer job = ByteBuffer.allocate(HEAD + can.length).order(ByteOrder.nativeOrder());
    job.putInt(SocketConstants.CAN_BCM_TX_SETUP)
        .putInt(
            SocketConstants.CAN_BCM_SETTIMER
                | SocketConstants.CAN_BCM_STARTTIMER
                | SocketConstants.CAN_BCM_TX_COUNTEVT)
        .putInt(count)
        .position(FIRST_INTERVAL)
        .putLong(TimeUnit.MILLISECONDS.toSeconds(millis))
        .putLong(TimeUnit.MILLISECONDS.toMicros(millis % 1000))
        .position(CAN_ID)
        .putInt(id)
        .putInt(1)
        .put(can);
    return job.array();
  }
}
