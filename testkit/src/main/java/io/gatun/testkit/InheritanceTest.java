package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.AddressFamily;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.channel.EventLoopGroup;
import io.gatun.os.Kernel;
import io.gatun.socket.ReceivedMessage;
import io.gatun.socket.Socket;
import io.gatun.socket.SocketFile;
import io.gatun.socket.SocketPair;
import io.gatun.socket.Sockets;
import io.gatun.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** However a descriptor comes to be, no program that is started later has it. */
@OnEachThreadKind
public final class InheritanceTest extends SocketLab {
  InheritanceTest(ThreadLane lane) throws IOException {
    super(lane);
  }

  private static void assertNotInherited(String how, int fd) {
    Kernel kernel = Kernel.acquire();
    try {
      assertEquals(0, kernel.isInheritable(fd), how);
    } finally {
      Kernel.release(kernel);
    }
  }

  @Test
  void aSocketThatIsOpenedAcceptedOrDuplicatedIsNotInherited() throws Exception {
    Socket listener = listener();
    assertNotInherited("socket", listener.fileno());
    Socket client = connect(listener.getSockName());
    Socket accepted = own(call(listener::accept));
    assertNotInherited("accept", accepted.fileno());
    listener.setTimeout(null);
    Socket another = connect(listener.getSockName());
    assertNotInherited("accept that blocks", own(call(listener::accept)).fileno());
    assertNotInherited("dup", own(call(another::dup)).fileno());
    assertNotInherited("create_server", own(call(() -> Sockets.createServer(address()))).fileno());
    Socket copy =
        own(
            call(() ->
                Sockets.fromFd(
                    client.fileno(), client.family(), client.type(), client.protocol())));
    assertNotInherited("fromfd", copy.fileno());
    int detached = copy.detach();
    assertNotInherited("detach", own(Socket.ofDescriptor(detached)).fileno());
    try (SocketFile _ = client.makeFile("rw")) {
      assertFalse(client.getInheritable(), "makefile");
    }
  }

  @Test
  void aPairIsNotInherited() throws Exception {
    SocketPair pair = call(Sockets::socketpair);
    assertNotInherited("socketpair", own(pair.first()).fileno());
    assertNotInherited("socketpair", own(pair.second()).fileno());
  }

  @Test
  void descriptorsThatAreReceivedAreNotInherited() throws Exception {
    Assumptions.assumeTrue(family.isUnix(), "only Unix sockets carry descriptors");
    SocketPair pair = Sockets.socketpair(AddressFamily.UNIX, SocketType.STREAM, Protocol.DEFAULT);
    Socket sent = own(pair.first());
    sent.setInheritable(true); // the sender's own choice is no choice of the receiver's
    List<ByteBuffer> bytes = List.of(ByteBuffer.wrap(Data.of(1)));
    int[] two = {sent.fileno(), own(pair.second()).fileno()};
    Sockets.sendFds(sent, bytes, two, 0, null);
    try (ReceivedMessage message = call(() -> Sockets.recvFds(pair.second(), 1, 2, 0))) {
      for (int fd : message.ancillary().getFirst().toInts()) {
        assertNotInherited("recvmsg", fd);
      }
    }
  }

  @Test
  void whatALoopWaitsWithIsNotInherited() throws Exception {
    Assumptions.assumeTrue(kind == ThreadKind.PLATFORM && family == Family.IPV4, "once is enough");
    Assumptions.assumeTrue(Descriptors.areKnown(), "needs Linux's list of descriptors");
    for (Transport transport : Transport.all()) {
      if (transport.unavailability() == null) {
        Set<String> before = Descriptors.open();
        try (EventLoopGroup _ = EventLoopGroup.builder().transport(transport).build()) {
          Set<String> made = Descriptors.open();
          made.removeAll(before);
          assertFalse(made.isEmpty() && transport.name().equals("epoll"), "it has descriptors");
          for (String descriptor : made) {
            String number = descriptor.substring(0, descriptor.indexOf(' '));
            String info = Files.readString(Path.of("/proc/self/fdinfo", number));
            assertTrue(isCloseOnExec(info), transport.name() + " " + descriptor + "\n" + info);
          }
        }
      }
    }
  }

  /** O_CLOEXEC, in octal as the kernel shows it. */
  private static boolean isCloseOnExec(String info) {
    return info.lines()
        .filter(line -> line.startsWith("flags:"))
        .anyMatch(line -> (Integer.parseInt(line.substring(6).strip(), 8) & 0x80000) != 0);
  }
}
