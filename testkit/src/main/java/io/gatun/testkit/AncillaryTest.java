package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.AddressFamily;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.message.AncillaryData;
import io.gatun.os.Constants;
import io.gatun.socket.ReceivedMessage;
import io.gatun.socket.Socket;
import io.gatun.socket.SocketConstants;
import io.gatun.socket.SocketPair;
import io.gatun.socket.Sockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What goes beside the bytes: descriptors and credentials. */
@OnEachThreadKind
public final class AncillaryTest extends SocketLab {
  private final SocketPair pair;

  AncillaryTest(ThreadLane lane) throws IOException {
    super(lane);
    Assumptions.assumeTrue(family == Family.UNIX_PATH, "only Unix sockets carry descriptors");
    pair = Sockets.socketpair(AddressFamily.UNIX, SocketType.STREAM, Protocol.DEFAULT);
    own(pair.first()).setTimeout(LONG);
    own(pair.second()).setTimeout(LONG);
  }

  private static List<ByteBuffer> bytes() {
    return List.of(ByteBuffer.wrap(Data.of(1)));
  }

  private void send(int... descriptors) throws Exception {
    assertEquals(1, call(() -> Sockets.sendFds(pair.first(), bytes(), descriptors, 0, null)));
  }

  @Test
  void aDescriptorThatIsTakenIsTheSameSocketAndNoChildGetsIt() throws Exception {
    Ends ends = ends();
    send(ends.one().fileno());
    ReceivedMessage message = call(() -> Sockets.recvFds(pair.second(), 10, 1, 0));
    assertArrayEquals(Data.of(1), message.data());
    int[] taken = message.takeDescriptors();
    assertEquals(1, taken.length);
    assertEquals(0, message.takeDescriptors().length, "they are taken");
    message.close();
    Socket same = own(Socket.ofDescriptor(taken[0]));
    assertFalse(same.getInheritable());
    assertEquals(ends.one().getSockName(), same.getSockName());
    same.sendAll(Data.of(3));
    assertArrayEquals(Data.of(3), receive(ends.other(), 3));
    assertEquals(0, message.flags() & SocketConstants.MSG_CMSG_CLOEXEC, "nobody asked for it");
  }

  @Test
  void theShortFormsPassDescriptorsToo() throws Exception {
    Ends ends = ends();
    int fd = ends.one().fileno();
    assertEquals(3, call(() -> Sockets.sendFds(pair.first(), Data.of(3), fd, fd)));
    try (ReceivedMessage message = call(() -> Sockets.recvFds(pair.second(), 10, 2))) {
      assertArrayEquals(Data.of(3), message.data());
      int[] taken = message.takeDescriptors();
      assertEquals(2, taken.length);
      for (int copy : taken) {
        Socket same = own(Socket.ofDescriptor(copy));
        assertEquals(ends.one().getSockName(), same.getSockName());
      }
    }
  }

  @Test
  void descriptorsThatNobodyTakesAreClosed() throws Exception {
    Ends ends = ends();
    Set<String> before = Descriptors.open();
    send(ends.one().fileno(), ends.other().fileno());
    try (ReceivedMessage message = call(() -> Sockets.recvFds(pair.second(), 10, 2, 0))) {
      assertEquals(before.size() + 2, Descriptors.open().size());
      assertEquals(2, message.ancillary().getFirst().toInts().length);
    }
    assertEquals(before, Descriptors.open());
  }

  @Test
  void descriptorsOfAForgottenMessageAreCollected() throws Exception {
    Set<String> before = Descriptors.open();
    send(pair.first().fileno());
    call(() -> Sockets.recvFds(pair.second(), 10, 1, 0).length());
    long end = System.nanoTime() + LONG.toNanos();
    while (!before.equals(Descriptors.open()) && System.nanoTime() < end) {
      System.gc();
      Thread.onSpinWait();
    }
    assertEquals(before, Descriptors.open());
  }

  @Test
  void whatThereIsNoRoomForIsCutOffAndLeaksNothing() throws Exception {
    Set<String> before = Descriptors.open();
    send(pair.first().fileno(), pair.second().fileno());
    try (ReceivedMessage message = call(() -> pair.second().recvMsg(10, Sockets.cmsgLen(4), 0))) {
      assertTrue((message.flags() & Constants.MSG_CTRUNC) != 0);
      assertTrue(message.ancillary().stream().allMatch(piece -> piece.toInts().length <= 1));
    }
    send(pair.first().fileno());
    assertArrayEquals(Data.of(1), call(() -> pair.second().recv(10)), "no room at all");
    assertEquals(before, Descriptors.open());
  }

  @Test
  void credentialsComeWhereTheyAreAskedFor() throws Exception {
    Assumptions.assumeTrue(SocketConstants.has("SO_PASSCRED"), "they are Linux's");
    pair.second().setSockOpt(Constants.SOL_SOCKET, SocketConstants.SO_PASSCRED, 1);
    call(() -> pair.first().sendMsg(bytes()));
    ReceivedMessage message = call(() -> pair.second().recvMsg(10, Sockets.cmsgSpace(12), 0));
    AncillaryData credentials = message.ancillary().getFirst();
    assertEquals(SocketConstants.SCM_CREDENTIALS, credentials.type());
    assertEquals(ProcessHandle.current().pid(), credentials.toInts()[0]);
  }
}
