package io.gatun.family;

import static io.gatun.socket.SocketConstants.AF_INET;
import static io.gatun.socket.SocketConstants.AF_UNSPEC;
import static io.gatun.socket.SocketConstants.IFA_ADDRESS;
import static io.gatun.socket.SocketConstants.IFF_UP;
import static io.gatun.socket.SocketConstants.IFLA_IFNAME;
import static io.gatun.socket.SocketConstants.NLMSG_DONE;
import static io.gatun.socket.SocketConstants.NLMSG_ERROR;
import static io.gatun.socket.SocketConstants.NLM_F_DUMP;
import static io.gatun.socket.SocketConstants.NLM_F_REQUEST;
import static io.gatun.socket.SocketConstants.RTMGRP_LINK;
import static io.gatun.socket.SocketConstants.RTM_DELLINK;
import static io.gatun.socket.SocketConstants.RTM_GETADDR;
import static io.gatun.socket.SocketConstants.RTM_GETLINK;
import static io.gatun.socket.SocketConstants.RTM_NEWADDR;
import static io.gatun.socket.SocketConstants.RTM_NEWLINK;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Interfaces;
import io.gatun.address.NetlinkAddress;
import io.gatun.socket.Datagram;
import io.gatun.socket.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The kernel's own messages about links and addresses: rtnetlink(7). */
final class NetlinkTest {
  private static final int HEADER = 16;
  private static final int IFINFOMSG = 16;
  private static final int IFADDRMSG = 8;
  private static final int ROOM = 64 * 1024;

  /**
   * struct nlmsghdr { __u32 len; __u16 type; __u16 flags; __u32 seq; __u32 pid; }, and what
   * follows.
   */
  private record Message(int type, int sequence, int port, ByteBuffer body) {
    static List<Message> all(byte[] data) {
      List<Message> messages = new ArrayList<>();
      ByteBuffer all = ByteBuffer.wrap(data).order(ByteOrder.nativeOrder());
      for (int at = 0; at + HEADER <= data.length; at += align(all.getInt(at))) {
        ByteBuffer body = all.slice(at + HEADER, all.getInt(at) - HEADER);
        messages.add(
            new Message(
                all.getShort(at + 4),
                all.getInt(at + 8),
                all.getInt(at + 12),
                body.order(ByteOrder.nativeOrder())));
      }
      return messages;
    }

    /**
     * struct rtattr { unsigned short len, type; } and its bytes, behind the family's own header.
     */
    Map<Integer, byte[]> attributes(int from) {
      Map<Integer, byte[]> attributes = new HashMap<>();
      for (int at = from; at + 4 <= body.limit(); at += align(body.getShort(at))) {
        byte[] value = new byte[body.getShort(at) - 4];
        body.get(at + 4, value);
        attributes.put((int) body.getShort(at + 2), value);
      }
      return attributes;
    }

    /** struct ifinfomsg { u8 family, pad; u16 type; int index; unsigned flags, change; }. */
    int link() {
      return body.getInt(4);
    }

    boolean isUp() {
      return (body.getInt(8) & IFF_UP) != 0;
    }

    private static int align(int length) {
      return (length + 3) & -4;
    }
  }

  private static Socket open() throws IOException {
    Socket socket = Families.open("AF_NETLINK", "SOCK_RAW", "NETLINK_ROUTE");
    socket.setTimeout(Duration.ofSeconds(20));
    return socket;
  }

  /** Asks for all there is of something, and reads until the kernel says that it is done. */
  private static List<Message> dump(int type, int answer) throws IOException {
    try (Socket socket = open()) {
      socket.bind(new NetlinkAddress(0, 0));
      int port = ((NetlinkAddress) socket.getSockName()).pid();
      assertNotEquals(0, port, "the kernel chose a port");
      ByteBuffer request = ByteBuffer.allocate(HEADER + IFINFOMSG).order(ByteOrder.nativeOrder());
      request.putInt(request.capacity()).putShort((short) type);
      request.putShort((short) (NLM_F_REQUEST | NLM_F_DUMP)).putInt(4711).putInt(port);
      request.put((byte) AF_UNSPEC);
      socket.sendTo(request.array(), NetlinkAddress.KERNEL);
      List<Message> found = new ArrayList<>();
      while (true) {
        Datagram part = socket.recvFrom(ROOM);
        assertEquals(NetlinkAddress.KERNEL, part.address());
        for (Message message : Message.all(part.data())) {
          assertEquals(4711, message.sequence());
          assertEquals(port, message.port());
          assertNotEquals(NLMSG_ERROR, message.type());
          if (message.type() == NLMSG_DONE) {
            return found;
          }
          assertEquals(answer, message.type());
          found.add(message);
        }
      }
    }
  }

  private static String name(Message link) {
    byte[] name = link.attributes(IFINFOMSG).getOrDefault(IFLA_IFNAME, new byte[1]);
    return new String(name, 0, name.length - 1, UTF_8);
  }

  @Test
  void allLinksAreListed() throws Exception {
    Set<Interfaces.Interface> listed = new HashSet<>();
    for (Message link : dump(RTM_GETLINK, RTM_NEWLINK)) {
      listed.add(new Interfaces.Interface(link.link(), name(link)));
    }
    assertEquals(new HashSet<>(Interfaces.all()), listed);
  }

  @Test
  void theLoopbackHasItsAddress() throws Exception {
    List<Message> addresses = dump(RTM_GETADDR, RTM_NEWADDR);
    int loopback = Interfaces.index("lo");
    boolean found = false;
    for (Message message : addresses) {
      // struct ifaddrmsg { u8 family, prefixlen, flags, scope; u32 index; }
      if (message.body().get(0) == AF_INET && message.body().getInt(4) == loopback) {
        byte[] address = message.attributes(IFADDRMSG).get(IFA_ADDRESS);
        found |= Arrays.equals(new byte[] {127, 0, 0, 1}, address);
      }
    }
    assertTrue(found);
  }

  @Test
  void aLinkThatComesAndGoesIsHeard() throws Exception {
    Families.assumeGuest();
    try (Socket socket = open()) {
      socket.bind(new NetlinkAddress(0, RTMGRP_LINK));
      Families.ip("link", "add", "gatun0", "type", "dummy");
      int index = Interfaces.index("gatun0");
      Families.ip("link", "set", "gatun0", "up");
      Families.ip("link", "set", "gatun0", "down");
      Families.ip("link", "del", "gatun0");
      List<String> heard = new ArrayList<>();
      while (!heard.contains("gone")) {
        for (Message message : Message.all(socket.recv(ROOM))) {
          if (message.link() == index) {
            String now = message.isUp() ? "up" : "down";
            String what = message.type() == RTM_DELLINK ? "gone" : now;
            if (heard.isEmpty() || !heard.getLast().equals(what)) {
              heard.add(what);
            }
          }
        }
      }
      assertEquals(List.of("down", "up", "down", "gone"), heard);
    }
  }
}
