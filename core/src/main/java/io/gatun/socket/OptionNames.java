package io.gatun.socket;

import io.gatun.address.AddressFamily;
import io.gatun.os.Abi;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The names of options that were given by their numbers, for errors: {@code SOL_SOCKET
 * SO_REUSEADDR=1}. What has no name here stays a number.
 */
final class OptionNames {
  private OptionNames() {}

  /**
   * Returns what an error says of an option.
   *
   * @param family decides what a level is: 6 is TCP's, and L2CAP's of Bluetooth
   */
  static String text(AddressFamily family, int level, int option) {
    for (Level known : Levels.of(family)) {
      if (Abi.HOST.has(known.name) && Abi.HOST.value(known.name) == level) {
        return known.name + " " + known.nameOf(option);
      }
    }
    return level + " " + option;
  }

  /**
   * A level of options.
   *
   * @param name in C
   * @param options which constants name its options; the first with the number is taken, since
   *     headers put options before what has no prefix of its own
   */
  private record Level(String name, Pattern options) {
    Level(String name, String options) {
      this(name, Pattern.compile(options));
    }

    String nameOf(int option) {
      return Abi.HOST.constants().entrySet().stream()
          .filter(its -> its.getValue() == option && options.matcher(its.getKey()).lookingAt())
          .map(Map.Entry::getKey)
          .findFirst()
          .orElseGet(() -> Integer.toString(option));
    }
  }

  /** Made when the first option fails. Behind a prefix stands which of its names are values. */
  private static final class Levels {
    private static final String MEMBERSHIP = "|MCAST_(?!INCLUDE|EXCLUDE)";

    private static final Level SOCKET = new Level("SOL_SOCKET", "SO_(?!EE_|J1939_|RDS_|VM_)");

    private static final List<Level> ALL =
        List.of(
            SOCKET,
            new Level("IPPROTO_IP", "IP_(?!PMTUDISC_|DEFAULT_|MAX_)" + MEMBERSHIP),
            new Level(
                "IPPROTO_IPV6",
                "IPV6_(?!FL_|PMTUDISC_|PREFER_|PRIORITY_|RTHDR_|TLV_)" + MEMBERSHIP),
            new Level(
                "IPPROTO_TCP",
                "TCP_(?!CA_|COOKIE_|MAX_|NO_|QUEUES_|RECV_|REPAIR_O|SEND_|S_|MD5SIG_FLAG)"),
            new Level("IPPROTO_UDP", "UDP_(?!ENCAP_)"),
            new Level("SOL_UDPLITE", "UDPLITE_"),
            new Level("SOL_CAN_RAW", "CAN_RAW_"),
            new Level(
                "SOL_CAN_ISOTP", "CAN_ISOTP_(OPTS|RECV_FC|TX_STMIN|RX_STMIN|LL_OPTS|TX_PADDING$)"),
            new Level("SOL_CAN_J1939", "SO_J1939_"),
            new Level("SOL_ALG", "ALG_SET_"),
            new Level(
                "SOL_NETLINK",
                "NETLINK_(ADD_|DROP_|PKT|BROADCAST_|NO_|RX_|TX_|LIST|CAP_|EXT_|GET_)"),
            new Level(
                "SOL_PACKET",
                "PACKET_(?!FANOUT_|MR_|HOST|BROAD|MULTI|OTHER|OUT|LOOP|FAST|USER|KERNEL)"),
            new Level(
                "SOL_TIPC",
                "TIPC_(IMP|SRC_|DEST_|CONN_|NODE_RECVQ|SOCK_|MCAST_|GROUP_(JOIN|LEAVE)|NODELAY)"),
            new Level("AF_VSOCK", "SO_VM_"));

    private static final List<Level> BLUETOOTH =
        List.of(
            SOCKET,
            new Level(
                "SOL_BLUETOOTH",
                "BT_(SEC|DEFER_|FLUSH|POWER|CHANNEL|VOICE|SNDMTU|RCVMTU|PHY|MODE|PKT|CODEC)[A-Z]*$"),
            new Level("SOL_HCI", "HCI_(?!CHANNEL_)"),
            new Level("SOL_L2CAP", "L2CAP_(OPTIONS|CONNINFO|LM$)"),
            new Level("SOL_RFCOMM", "RFCOMM_(CONNINFO|LM$)"),
            new Level("SOL_SCO", "SCO_(OPTIONS|CONNINFO)"));

    static List<Level> of(AddressFamily family) {
      return family.number() == SocketConstants.AF_BLUETOOTH ? BLUETOOTH : ALL;
    }
  }
}
