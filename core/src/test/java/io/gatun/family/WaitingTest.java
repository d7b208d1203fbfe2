package io.gatun.family;

import static io.gatun.socket.SocketConstants.CAN_RAW_FD_FRAMES;
import static io.gatun.socket.SocketConstants.RTMGRP_LINK;
import static io.gatun.socket.SocketConstants.SOL_CAN_RAW;
import static io.gatun.socket.SocketConstants.TIPC_ADDR_NAME;
import static io.gatun.socket.SocketConstants.TIPC_NODE_SCOPE;
import static io.gatun.socket.SocketConstants.VMADDR_CID_ANY;
import static io.gatun.socket.SocketConstants.VMADDR_CID_LOCAL;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.CanAddress;
import io.gatun.address.Ipv4Address;
import io.gatun.address.NetlinkAddress;
import io.gatun.address.PacketAddress;
import io.gatun.address.TipcAddress;
import io.gatun.address.VsockAddress;
import io.gatun.error.ClosedException;
import io.gatun.error.ConnectErrorException;
import io.gatun.error.TimedOutException;
import io.gatun.socket.Datagram;
import io.gatun.socket.Shutdown;
import io.gatun.socket.Socket;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Waiting, timeouts and closing in families where neither shutdown(2) nor epoll was meant for it.
 */
final class WaitingTest {
  private static final int SECONDS = 60;

  /** An interface that nothing else sends on. */
  private static final int QUIET_PROTOCOL = 0x88b6;

  /** A socket to which nobody sends anything by itself. */
  enum Family {
    CAN_RAW {
      @Override
      Socket quiet() throws IOException {
        Socket socket = Families.open("AF_CAN", "SOCK_RAW", "CAN_RAW");
        Families.assumeBus("vcan1");
        socket.bind(CanAddress.raw("vcan1"));
        return socket;
      }
    },
    CAN_BCM {
      @Override
      Socket quiet() throws IOException {
        Socket socket = Families.open("AF_CAN", "SOCK_DGRAM", "CAN_BCM");
        Families.assumeBus("vcan1");
        socket.connect(CanAddress.raw("vcan1"));
        return socket;
      }
    },
    CAN_ISOTP {
      @Override
      Socket quiet() throws IOException {
        Socket socket = Families.open("AF_CAN", "SOCK_DGRAM", "CAN_ISOTP");
        Families.assumeBus("vcan1");
        socket.bind(CanAddress.isoTp("vcan1", 0x123, 0x456));
        return socket;
      }
    },
    NETLINK {
      @Override
      Socket quiet() throws IOException {
        Socket socket = Families.open("AF_NETLINK", "SOCK_RAW", "NETLINK_ROUTE");
        socket.bind(new NetlinkAddress(0, 0));
        return socket;
      }
    },
    PACKET {
      @Override
      Socket quiet() throws IOException {
        Socket socket = Families.open("AF_PACKET", "SOCK_DGRAM", "");
        socket.bind(PacketAddress.of("lo", QUIET_PROTOCOL));
        return socket;
      }
    },
    TIPC {
      @Override
      Socket quiet() throws IOException {
        Socket socket = Families.open("AF_TIPC", "SOCK_RDM", "");
        socket.bind(new TipcAddress(TIPC_ADDR_NAME, 4711, 1, 0, TIPC_NODE_SCOPE));
        return socket;
      }
    },
    RDS {
      @Override
      Socket quiet() throws IOException {
        Socket socket = Families.open("AF_RDS", "SOCK_SEQPACKET", "");
        socket.bind(Ipv4Address.loopback(0));
        return socket;
      }
    },
    HCI {
      @Override
      Socket quiet() throws IOException {
        return Families.open("AF_BLUETOOTH", "SOCK_RAW", "BTPROTO_HCI");
      }
    },
    VSOCK_LISTENER {
      @Override
      Socket quiet() throws IOException {
        Socket socket = Families.open("AF_VSOCK", "SOCK_STREAM", "");
        socket.bind(new VsockAddress(VMADDR_CID_ANY, -1));
        socket.listen();
        return socket;
      }

      @Override
      void waitOn(Socket socket) throws IOException {
        socket.accept().close();
      }
    };

    abstract Socket quiet() throws IOException;

    void waitOn(Socket socket) throws IOException {
      socket.recv(100);
    }
  }

  private static Thread start(boolean virtual, Runnable body) {
    return virtual ? Thread.startVirtualThread(body) : Thread.ofPlatform().daemon().start(body);
  }

  @ParameterizedTest
  @EnumSource
  void aTimeoutIsOverInTime(Family family) throws Exception {
    for (boolean virtual : new boolean[] {false, true}) {
      try (Socket socket = family.quiet()) {
        socket.setTimeout(Duration.ofMillis(30));
        FutureTask<Object> waiting =
            new FutureTask<>(
                () -> assertThrows(TimedOutException.class, () -> family.waitOn(socket)));
        start(virtual, waiting);
        waiting.get(SECONDS, TimeUnit.SECONDS);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void closingEndsACallThatWaits(Family family) throws Exception {
    for (boolean virtual : new boolean[] {false, true}) {
      Socket socket = family.quiet();
      FutureTask<Object> waiting =
          new FutureTask<>(() -> {
            family.waitOn(socket);
            return "";
          });
      Thread thread = start(virtual, waiting);
      // Whether it waits already or is about to, the end is the same; most often it does.
      while (thread.getState() == Thread.State.NEW) {
        Thread.onSpinWait();
      }
      socket.close();
      ExecutionException ended =
          assertThrows(ExecutionException.class, () -> waiting.get(SECONDS, TimeUnit.SECONDS));
      assertInstanceOf(ClosedException.class, ended.getCause());
    }
  }

  /** struct can_frame { canid_t id; u8 len, pad, res0, len8_dlc; u8 data[8]; }. */
  @ParameterizedTest
  @CsvSource({"false", "true"})
  void aFrameReachesAThreadThatWaits(boolean virtual) throws Exception {
    try (Socket receiver = Family.CAN_RAW.quiet();
        Socket sender = Family.CAN_RAW.quiet()) {
      FutureTask<Datagram> waiting = new FutureTask<>(() -> receiver.recvFrom(100));
      start(virtual, waiting);
      byte[] frame = new byte[16];
      frame[4] = 8;
      Arrays.fill(frame, 8, 16, (byte) 0x5a);
      assertEquals(16, sender.send(frame));
      Datagram got = waiting.get(SECONDS, TimeUnit.SECONDS);
      assertArrayEquals(frame, got.data());
      assertEquals(CanAddress.raw("vcan1"), got.address());
    }
  }

  @Test
  void aLongFrameNeedsTheOption() throws Exception {
    try (Socket receiver = Family.CAN_RAW.quiet();
        Socket sender = Family.CAN_RAW.quiet()) {
      byte[] frame = new byte[72]; // struct canfd_frame { canid_t id; u8 len, flags …
      frame[4] = 64;
      frame[5] = 4; // CANFD_FDF, which newer kernels set themselves
      assertThrows(IOException.class, () -> sender.send(frame));
      receiver.setSockOpt(SOL_CAN_RAW, CAN_RAW_FD_FRAMES, 1);
      sender.setSockOpt(SOL_CAN_RAW, CAN_RAW_FD_FRAMES, 1);
      assertEquals(72, sender.send(frame));
      assertArrayEquals(frame, receiver.recv(100));
    }
  }

  @Test
  void aSegmentedMessageCrossesTheBus() throws Exception {
    try (Socket one = Family.CAN_ISOTP.quiet();
        Socket other = Families.open("AF_CAN", "SOCK_DGRAM", "CAN_ISOTP")) {
      other.bind(CanAddress.isoTp("vcan1", 0x456, 0x123));
      byte[] message = new byte[1000]; // 143 frames, with flow control
      Arrays.fill(message, (byte) 7);
      FutureTask<byte[]> waiting = new FutureTask<>(() -> other.recv(5000));
      start(true, waiting);
      assertEquals(1000, one.send(message));
      assertArrayEquals(message, waiting.get(SECONDS, TimeUnit.SECONDS));
    }
  }

  @Test
  void aServiceOfTheClusterIsFoundByItsName() throws Exception {
    try (Socket server = Family.TIPC.quiet();
        Socket client = Families.open("AF_TIPC", "SOCK_RDM", "")) {
      byte[] question = {1, 2, 3};
      client.sendTo(question, TipcAddress.name(4711, 1));
      Datagram got = server.recvFrom(100);
      assertArrayEquals(question, got.data());
      server.sendTo(new byte[] {4}, got.address());
      assertArrayEquals(new byte[] {4}, client.recv(100));
      assertEquals(client.getSockName(), got.address());
    }
  }

  /** RDS refuses flags that it does not know. */
  @Test
  void aReliableDatagramReachesItsReceiver() throws Exception {
    try (Socket receiver = Family.RDS.quiet();
        Socket sender = Family.RDS.quiet()) {
      byte[] message = {1, 2, 3};
      assertEquals(3, sender.sendTo(message, receiver.getSockName()));
      Datagram got = receiver.recvFrom(100);
      assertArrayEquals(message, got.data());
      assertEquals(sender.getSockName(), got.address());
    }
  }

  @Test
  void aMachineTalksToItself() throws Exception {
    try (Socket server = Family.VSOCK_LISTENER.quiet();
        Socket client = Families.open("AF_VSOCK", "SOCK_STREAM", "")) {
      VsockAddress bound = (VsockAddress) server.getSockName();
      assertTrue(bound.port() != -1, "the kernel chose a port");
      try {
        client.connect(new VsockAddress(VMADDR_CID_LOCAL, bound.port()));
      } catch (ConnectErrorException e) {
        Families.assumeGuest("its vsock has no loopback: " + e.getMessage());
        throw e;
      }
      try (Socket accepted = server.accept()) {
        int port = ((VsockAddress) client.getSockName()).port();
        assertEquals(new VsockAddress(VMADDR_CID_LOCAL, port), accepted.peer());
        byte[] data = new byte[100_000];
        Arrays.fill(data, (byte) 9);
        FutureTask<Object> sending =
            new FutureTask<>(() -> {
              client.sendAll(data);
              client.shutdown(Shutdown.WR);
              return "";
            });
        start(true, sending);
        int count = 0;
        int more;
        do {
          more = accepted.recv(data.length).length;
          count += more;
        } while (more > 0);
        assertEquals(data.length, count);
        sending.get(SECONDS, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void aMulticastGroupOfTheKernelIsOneOfTheAddress() throws Exception {
    try (Socket socket = Families.open("AF_NETLINK", "SOCK_RAW", "NETLINK_ROUTE")) {
      socket.bind(new NetlinkAddress(0, RTMGRP_LINK));
      assertEquals(RTMGRP_LINK, ((NetlinkAddress) socket.getSockName()).groups());
    }
  }
}
