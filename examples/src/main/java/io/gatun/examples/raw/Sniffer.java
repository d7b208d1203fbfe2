package io.gatun.examples.raw;

import io.gatun.address.AddressFamily;
import io.gatun.address.Ipv4Address;
import io.gatun.address.PacketAddress;
import io.gatun.address.SocketType;
import io.gatun.socket.Datagram;
import io.gatun.socket.Socket;
import io.gatun.socket.SocketConstants;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./gatun sniff}: the network sniffer of Python's socket documentation, for Linux. */
@Command(
    name = "sniff",
    header = "Print the IPv4 packets of a network interface. Linux only; needs CAP_NET_RAW.",
    mixinStandardHelpOptions = true)
public final class Sniffer implements Callable<Integer> {
  private static final int LARGEST = 65_535;

  /** RFC 791: the header without options, and where in it the protocol and the addresses are. */
  private static final int HEADER = 20;

  private static final int PROTOCOL = 9;
  private static final int SOURCE = 12;
  private static final int DESTINATION = 16;

  @Parameters(
      arity = "0..1",
      paramLabel = "INTERFACE",
      description = "Such as eth0 or lo. Default: all.")
  String device = "";

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "End after so many packets. Default: never.")
  long count = Long.MAX_VALUE;

  @Spec CommandSpec spec;

  /** Called by picocli. */
  public Sniffer() {}

  @Override
  public Integer call() throws IOException {
    if (SocketConstants.AF_PACKET == SocketConstants.ABSENT) {
      throw new ParameterException(spec.commandLine(), "this system has no packet sockets");
    }
    PrintWriter out = spec.commandLine().getOut();
    // A socket for datagrams takes the header of the link away.
    try (Socket socket = Socket.open(AddressFamily.of("AF_PACKET"), SocketType.DGRAM)) {
      socket.bind(
          device.isEmpty()
              ? new PacketAddress(0, SocketConstants.ETH_P_IP)
              : PacketAddress.of(device, SocketConstants.ETH_P_IP));
      for (long i = 0; i < count; ) {
        Datagram packet = socket.recvFrom(LARGEST);
        if (packet.data().length >= HEADER) {
          out.println(line(packet));
          out.flush();
          i++;
        }
      }
    }
    return CommandLine.ExitCode.OK;
  }

  private static String line(Datagram packet) throws IOException {
    PacketAddress link = (PacketAddress) packet.address();
    ByteBuffer ip = ByteBuffer.wrap(packet.data());
    return "%s: %s > %s, protocol %d, %d bytes"
        .formatted(
            link.interfaceName(),
            new Ipv4Address(ip.getInt(SOURCE), 0).host(),
            new Ipv4Address(ip.getInt(DESTINATION), 0).host(),
            ip.get(PROTOCOL) & 0xff,
            packet.data().length);
  }
}
