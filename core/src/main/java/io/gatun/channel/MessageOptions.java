package io.gatun.channel;

import io.gatun.os.Abi;
import io.gatun.os.Constants;

/**
 * The kernel's options of channels that carry messages, by their names in C. One that this system
 * lacks is here all the same: its use fails with ENOPROTOOPT. Those that are not here go by their
 * numbers, as {@link ChannelOption#ofInt} and {@link ChannelOption#ofBytes} say.
 */
public final class MessageOptions {
  private static final int IP = Abi.HOST.value("IPPROTO_IP");
  private static final int UDP = Abi.HOST.value("IPPROTO_UDP");

  /** SO_BROADCAST: may send to broadcast addresses. */
  public static final ChannelOption<Boolean> SO_BROADCAST =
      ChannelOption.ofBoolean(Constants.SOL_SOCKET, "SO_BROADCAST");

  /** SO_TIMESTAMP: tells {@link Message#timestamp} in microseconds. */
  public static final ChannelOption<Boolean> SO_TIMESTAMP =
      ChannelOption.ofBoolean(Constants.SOL_SOCKET, "SO_TIMESTAMP");

  /** SO_TIMESTAMPNS of Linux: tells {@link Message#timestamp}. */
  public static final ChannelOption<Boolean> SO_TIMESTAMPNS =
      ChannelOption.ofBoolean(Constants.SOL_SOCKET, "SO_TIMESTAMPNS");

  /** SO_TIMESTAMPING of Linux: which times are told, by flags such as SOF_TIMESTAMPING_SOFTWARE. */
  public static final ChannelOption<Integer> SO_TIMESTAMPING =
      ChannelOption.ofInt(Constants.SOL_SOCKET, "SO_TIMESTAMPING");

  /** SO_RXQ_OVFL of Linux: tells {@link Message#dropped}. */
  public static final ChannelOption<Boolean> SO_RXQ_OVFL =
      ChannelOption.ofBoolean(Constants.SOL_SOCKET, "SO_RXQ_OVFL");

  /** SO_PASSCRED of Linux: tells {@link Message#credentials}. */
  public static final ChannelOption<Boolean> SO_PASSCRED =
      ChannelOption.ofBoolean(Constants.SOL_SOCKET, "SO_PASSCRED");

  /** SO_PRIORITY of Linux. */
  public static final ChannelOption<Integer> SO_PRIORITY =
      ChannelOption.ofInt(Constants.SOL_SOCKET, "SO_PRIORITY");

  /** IP_TOS: the type of service that is sent with, ECN included. */
  public static final ChannelOption<Integer> IP_TOS = ChannelOption.ofInt(IP, "IP_TOS");

  /** IP_TTL: the time to live that is sent with. */
  public static final ChannelOption<Integer> IP_TTL = ChannelOption.ofInt(IP, "IP_TTL");

  /** IP_RECVTOS: tells {@link Message#trafficClass}. */
  public static final ChannelOption<Boolean> IP_RECVTOS = ChannelOption.ofBoolean(IP, "IP_RECVTOS");

  /** IP_RECVTTL: tells {@link Message#hopLimit}. */
  public static final ChannelOption<Boolean> IP_RECVTTL = ChannelOption.ofBoolean(IP, "IP_RECVTTL");

  /** IP_PKTINFO: tells {@link Message#destination} and {@link Message#interfaceIndex}. */
  public static final ChannelOption<Boolean> IP_PKTINFO = ChannelOption.ofBoolean(IP, "IP_PKTINFO");

  /** IP_MTU_DISCOVER of Linux: 0 to 5, whether to fragment; see ip(7). */
  public static final ChannelOption<Integer> IP_MTU_DISCOVER =
      ChannelOption.ofInt(IP, "IP_MTU_DISCOVER");

  /** IP_MULTICAST_TTL: how many routers a message to a group may pass. */
  public static final ChannelOption<Integer> IP_MULTICAST_TTL =
      ChannelOption.ofInt(IP, "IP_MULTICAST_TTL");

  /** IP_MULTICAST_LOOP: hears its own messages to a group. */
  public static final ChannelOption<Boolean> IP_MULTICAST_LOOP =
      ChannelOption.ofBoolean(IP, "IP_MULTICAST_LOOP");

  /** IPV6_TCLASS: the traffic class that is sent with, ECN included. */
  public static final ChannelOption<Integer> IPV6_TCLASS =
      ChannelOption.ofInt(Constants.IPPROTO_IPV6, "IPV6_TCLASS");

  /** IPV6_UNICAST_HOPS: the hop limit that is sent with. */
  public static final ChannelOption<Integer> IPV6_UNICAST_HOPS =
      ChannelOption.ofInt(Constants.IPPROTO_IPV6, "IPV6_UNICAST_HOPS");

  /** IPV6_RECVTCLASS: tells {@link Message#trafficClass}. */
  public static final ChannelOption<Boolean> IPV6_RECVTCLASS =
      ChannelOption.ofBoolean(Constants.IPPROTO_IPV6, "IPV6_RECVTCLASS");

  /** IPV6_RECVHOPLIMIT: tells {@link Message#hopLimit}. */
  public static final ChannelOption<Boolean> IPV6_RECVHOPLIMIT =
      ChannelOption.ofBoolean(Constants.IPPROTO_IPV6, "IPV6_RECVHOPLIMIT");

  /** IPV6_RECVPKTINFO: tells {@link Message#destination} and {@link Message#interfaceIndex}. */
  public static final ChannelOption<Boolean> IPV6_RECVPKTINFO =
      ChannelOption.ofBoolean(Constants.IPPROTO_IPV6, "IPV6_RECVPKTINFO");

  /** IPV6_MULTICAST_IF: the index of the interface that messages to groups leave by. */
  public static final ChannelOption<Integer> IPV6_MULTICAST_IF =
      ChannelOption.ofInt(Constants.IPPROTO_IPV6, "IPV6_MULTICAST_IF");

  /** IPV6_MULTICAST_HOPS: how many routers a message to a group may pass. */
  public static final ChannelOption<Integer> IPV6_MULTICAST_HOPS =
      ChannelOption.ofInt(Constants.IPPROTO_IPV6, "IPV6_MULTICAST_HOPS");

  /** IPV6_MULTICAST_LOOP: hears its own messages to a group. */
  public static final ChannelOption<Boolean> IPV6_MULTICAST_LOOP =
      ChannelOption.ofBoolean(Constants.IPPROTO_IPV6, "IPV6_MULTICAST_LOOP");

  /** UDP_SEGMENT of Linux: as {@link Message#withSegmentSize}, for each message. */
  public static final ChannelOption<Integer> UDP_SEGMENT = ChannelOption.ofInt(UDP, "UDP_SEGMENT");

  /** UDP_GRO of Linux: joins datagrams of one sender; tells {@link Message#segmentSize}. */
  public static final ChannelOption<Boolean> UDP_GRO = ChannelOption.ofBoolean(UDP, "UDP_GRO");

  /** Joins a multicast group of either family; cannot be read. */
  public static final ChannelOption<MulticastGroup> JOIN_GROUP =
      ChannelOption.ofMembership("JOIN_GROUP", true);

  /** Leaves a multicast group that was joined in the same words; cannot be read. */
  public static final ChannelOption<MulticastGroup> LEAVE_GROUP =
      ChannelOption.ofMembership("LEAVE_GROUP", false);

  private MessageOptions() {}
}
