package io.gatun.examples.raw;

import io.gatun.address.AddressFamily;
import io.gatun.address.Ipv4Address;
import io.gatun.address.PacketAddress;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.socket.Datagram;
import io.gatun.socket.Socket;
import io.gatun.socket.SocketConstants;
import io.gatun.socket.Sockets;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code ./gatun sniff}: the network sniffer of Python's socket documentation, for Linux and
 * Windows.
 */
@Command(
    name = "sniff",
    header =
        "Print the IPv4 packets of a network interface. Needs CAP_NET_RAW on Linux, an administrator on Windows.",
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
      description =
          "Such as eth0 or lo; on Windows an address of this host. Default: all, or the host's own.")
  String device = "";

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "End after so many packets. Default: never.")
  long count = Long.MAX_VALUE;

  @Spec CommandSpec spec;

  /** Called by picocli. */
  public Sniffer() {}

  /** A system has sockets of the link layer, or raw ones that it can tell to receive all. */
  @Override
  public Integer call() throws IOException {
    if (SocketConstants.AF_PACKET != SocketConstants.ABSENT) {
      onTheLink();
    } else if (SocketConstants.SIO_RCVALL != SocketConstants.ABSENT) {
      onARawSocket();
    } else {
      throw new ParameterException(
          spec.commandLine(), "this system has neither packet sockets nor SIO_RCVALL");
    }
    return CommandLine.ExitCode.OK;
  }

  private void onTheLink() throws IOException {
    // A socket for datagrams takes the header of the link away.
    try (Socket socket = Socket.open(AddressFamily.of("AF_PACKET"), SocketType.DGRAM)) {
      socket.bind(
          device.isEmpty()
              ? new PacketAddress(0, SocketConstants.ETH_P_IP)
              : PacketAddress.of(device, SocketConstants.ETH_P_IP));
      print(socket);
    }
  }

  /** The interface is named by an address of this host. */
  private void onARawSocket() throws IOException {
    String host = Sockets.getHostByName(device.isEmpty() ? Sockets.getHostName() : device);
    try (Socket socket =
        Socket.open(AddressFamily.INET, SocketType.RAW, new Protocol(SocketConstants.IPPROTO_IP))) {
      socket.bind(Ipv4Address.of(host, 0));
      socket.setSockOpt(SocketConstants.IPPROTO_IP, SocketConstants.IP_HDRINCL, 1);
      socket.ioctl(SocketConstants.SIO_RCVALL, number(SocketConstants.RCVALL_ON));
      try {
        print(socket);
      } finally {
        socket.ioctl(SocketConstants.SIO_RCVALL, number(SocketConstants.RCVALL_OFF));
      }
    }
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(value).array();
  }

  private void print(Socket socket) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    for (long i = 0; i < count; ) {
      Datagram packet = socket.recvFrom(LARGEST);
      if (packet.data().length >= HEADER) {
        out.println(line(packet));
        out.flush();
        i++;
      }
    }
  }

  private static String line(Datagram packet) throws IOException {
    String where =
        packet.address() instanceof PacketAddress link ? link.interfaceName() + ": " : "";
    ByteBuffer ip = ByteBuffer.wrap(packet.data());
    return "%s%s > %s, protocol %d, %d bytes"
        .formatted(
            where,
            new Ipv4Address(ip.getInt(SOURCE), 0).host(),
            new Ipv4Address(ip.getInt(DESTINATION), 0).host(),
            ip.get(PROTOCOL) & 0xff,
            packet.data().length);
  }
}
