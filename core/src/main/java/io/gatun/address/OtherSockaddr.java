package io.gatun.address;

import io.gatun.os.Abi;
import io.gatun.os.Errno;
import io.gatun.os.Memory;
import io.gatun.os.Struct;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The {@code struct sockaddr}s of the families in {@link OtherAddress}, as one system has them. A
 * family that the system lacks has the number −1, which no address in memory has.
 */
final class OtherSockaddr {
  static final OtherSockaddr HOST = new OtherSockaddr(Abi.HOST);

  private static final boolean BIG_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;

  private final Family netlink;
  private final Family tipc;
  private final Family can;
  private final Family alg;
  private final Family packet;
  private final Family vsock;
  private final Family qipcrtr;
  private final Family l2cap;
  private final Family rfcomm;
  private final Family hci;
  private final Family sco;
  private final Family system;
  private final Family link;
  private final Family hyperv;
  private final int canIsoTp;
  private final int canJ1939;

  OtherSockaddr(Abi abi) {
    netlink = Family.of(abi, "AF_NETLINK", "sockaddr_nl");
    tipc = Family.of(abi, "AF_TIPC", "sockaddr_tipc");
    can = Family.of(abi, "AF_CAN", "sockaddr_can");
    alg = Family.of(abi, "AF_ALG", "sockaddr_alg");
    packet = Family.of(abi, "AF_PACKET", "sockaddr_ll");
    vsock = Family.of(abi, "AF_VSOCK", "sockaddr_vm");
    qipcrtr = Family.of(abi, "AF_QIPCRTR", "sockaddr_qrtr");
    l2cap = Family.of(abi, "AF_BLUETOOTH", "sockaddr_l2");
    rfcomm = Family.of(abi, "AF_BLUETOOTH", "sockaddr_rc");
    hci = Family.of(abi, "AF_BLUETOOTH", "sockaddr_hci");
    sco = Family.of(abi, "AF_BLUETOOTH", "sockaddr_sco");
    system = Family.of(abi, "AF_SYSTEM", "sockaddr_ctl");
    link = Family.of(abi, "AF_LINK", "sockaddr_dl");
    hyperv = Family.of(abi, "AF_HYPERV", "sockaddr_hv");
    canIsoTp = abi.valueOr("CAN_ISOTP", -1);
    canJ1939 = abi.valueOr("CAN_J1939", -1);
  }

  /** A family and one of its structs. */
  private record Family(int number, @Nullable Struct layout, boolean hasLength) {
    static Family of(Abi abi, String family, String struct) {
      Struct layout = abi.structs().get(struct);
      int number = layout == null ? -1 : abi.valueOr(family, -1);
      return new Family(number, layout, abi.struct("sockaddr").has("sa_len"));
    }

    Struct struct() {
      Struct found = layout;
      if (found == null) {
        throw new IllegalStateException("the system lacks the family");
      }
      return found;
    }

    int size() {
      return struct().size();
    }

    long get(long memory, String field) {
      return struct().get(memory, field);
    }

    int getInt(long memory, String field) {
      return (int) struct().get(memory, field);
    }

    /** Clears the struct and sets its family. Returns false where the system lacks it. */
    boolean begin(long memory) {
      if (number < 0) {
        return false;
      }
      Memory.clear(memory, size());
      if (hasLength) {
        Memory.setByte(memory, (byte) size());
        Memory.setByte(memory + 1, (byte) number);
      } else {
        Memory.setShort(memory, (short) number);
      }
      return true;
    }

    void set(long memory, String field, long value) {
      struct().set(memory, field, value);
    }

    long at(long memory, String field) {
      return memory + struct().offset(field);
    }
  }

  /** As {@link Sockaddr#encode}. */
  int encode(OtherAddress address, long memory) {
    Family family = familyOf(address);
    return family.begin(memory) ? fill(address, family, memory) : -Errno.EAFNOSUPPORT;
  }

  private Family familyOf(OtherAddress address) {
    return switch (address) {
      case NetlinkAddress _ -> netlink;
      case TipcAddress _ -> tipc;
      case CanAddress _ -> can;
      case AlgAddress _ -> alg;
      case PacketAddress _ -> packet;
      case VsockAddress _ -> vsock;
      case QipcrtrAddress _ -> qipcrtr;
      case BluetoothAddress.L2cap _ -> l2cap;
      case BluetoothAddress.Rfcomm _ -> rfcomm;
      case BluetoothAddress.Hci _ -> hci;
      case BluetoothAddress.Sco _ -> sco;
      case SystemAddress _ -> system;
      case LinkAddress _ -> link;
      case HypervAddress _ -> hyperv;
    };
  }

  /** Returns the length, or a negative errno. */
  private static int fill(OtherAddress address, Family f, long memory) {
    switch (address) {
      case NetlinkAddress(int pid, int groups) -> {
        f.set(memory, "nl_pid", pid);
        f.set(memory, "nl_groups", groups);
      }
      case TipcAddress a -> {
        f.set(memory, "addrtype", a.type());
        f.set(memory, "scope", a.scope());
        if (a.type() == TipcAddress.ID) {
          f.set(memory, "addr.id.node", a.v1());
          f.set(memory, "addr.id.ref", a.v2());
        } else { // the three numbers of both other types lie at the same places
          f.set(memory, "addr.nameseq.type", a.v1());
          f.set(memory, "addr.nameseq.lower", a.v2());
          f.set(memory, "addr.nameseq.upper", a.v3());
        }
      }
      // In its full length, which Linux before 5.4 insists on.
      case CanAddress.Raw(int index) -> f.set(memory, "can_ifindex", index);
      case CanAddress.IsoTp(int index, int rxId, int txId) -> {
        f.set(memory, "can_ifindex", index);
        f.set(memory, "can_addr.tp.rx_id", rxId);
        f.set(memory, "can_addr.tp.tx_id", txId);
        return f.struct().offset("can_addr.tp.tx_id") + Integer.BYTES;
      }
      case CanAddress.J1939(int index, long name, int pgn, int unit) -> {
        f.set(memory, "can_ifindex", index);
        f.set(memory, "can_addr.j1939.name", name);
        f.set(memory, "can_addr.j1939.pgn", pgn);
        f.set(memory, "can_addr.j1939.addr", unit);
      }
      case AlgAddress(String type, String name, int features, int mask) -> {
        if (type.length() > AlgAddress.TYPE_MAX || name.length() > AlgAddress.NAME_MAX) {
          return -Errno.ENAMETOOLONG;
        }
        set(f.at(memory, "salg_type"), type);
        f.set(memory, "salg_feat", features);
        f.set(memory, "salg_mask", mask);
        set(f.at(memory, "salg_name"), name);
      }
      case PacketAddress a -> {
        f.set(memory, "sll_protocol", network((short) a.protocol()));
        f.set(memory, "sll_ifindex", a.interfaceIndex());
        f.set(memory, "sll_hatype", a.hardwareType());
        f.set(memory, "sll_pkttype", a.packetType());
        f.set(memory, "sll_halen", a.address().length());
        set(f.at(memory, "sll_addr"), a.address().bytes());
      }
      case VsockAddress(int cid, int port) -> {
        f.set(memory, "svm_cid", cid);
        f.set(memory, "svm_port", port);
      }
      case QipcrtrAddress(int node, int port) -> {
        f.set(memory, "sq_node", node);
        f.set(memory, "sq_port", port);
      }
      case BluetoothAddress.L2cap a -> {
        f.set(memory, "l2_psm", little((short) a.psm()));
        setReversed(f.at(memory, "l2_bdaddr"), a.device().bytes());
        f.set(memory, "l2_cid", little((short) a.cid()));
        f.set(memory, "l2_bdaddr_type", a.deviceType());
      }
      case BluetoothAddress.Rfcomm(HardwareAddress device, int channel) -> {
        setReversed(f.at(memory, "rc_bdaddr"), device.bytes());
        f.set(memory, "rc_channel", channel);
      }
      case BluetoothAddress.Hci(int adapter, int channel) -> {
        f.set(memory, "hci_dev", adapter);
        f.set(memory, "hci_channel", channel);
      }
      case BluetoothAddress.Sco(HardwareAddress device) ->
          setReversed(f.at(memory, "sco_bdaddr"), device.bytes());
      case SystemAddress(int id, int unit) -> {
        f.set(memory, "ss_sysaddr", 2); // AF_SYS_CONTROL, the only one there is
        f.set(memory, "sc_id", id);
        f.set(memory, "sc_unit", unit);
      }
      case LinkAddress a -> {
        f.set(memory, "sdl_index", a.index());
        f.set(memory, "sdl_type", a.type());
        f.set(memory, "sdl_nlen", a.name().length());
        f.set(memory, "sdl_alen", a.address().length());
        long data = f.at(memory, "sdl_data");
        set(data, a.name());
        set(data + a.name().length(), a.address().bytes());
        long end = data + a.name().length() + a.address().length() - memory;
        int length = Math.max(f.size(), (int) end);
        if (f.hasLength()) {
          Memory.setByte(memory, (byte) length);
        }
        return length;
      }
      case HypervAddress(UUID vmId, UUID serviceId) -> {
        set(f.at(memory, "VmId"), vmId);
        set(f.at(memory, "ServiceId"), serviceId);
      }
    }
    return f.size();
  }

  /**
   * Reads an address.
   *
   * @param family its family, which is in memory too
   * @param end its length, no more than there is memory
   * @return null if it is of no family here, or not a whole address of it
   */
  @Nullable Address decode(int family, long memory, int end, int protocol) {
    if (is(netlink, family, end)) {
      return new NetlinkAddress(
          netlink.getInt(memory, "nl_pid"), netlink.getInt(memory, "nl_groups"));
    }
    if (is(tipc, family, end)) {
      return decodeTipc(memory);
    }
    if (family == can.number()) {
      return decodeCan(memory, end, protocol);
    }
    if (is(alg, family, end) && end == alg.size()) {
      Struct s = alg.struct();
      int typeSize = s.offset("salg_feat") - s.offset("salg_type");
      int nameSize = s.size() - s.offset("salg_name");
      return new AlgAddress(
          text(alg.at(memory, "salg_type"), typeSize),
          text(alg.at(memory, "salg_name"), nameSize),
          alg.getInt(memory, "salg_feat"),
          alg.getInt(memory, "salg_mask"));
    }
    if (family == packet.number()) {
      return decodePacket(memory, end);
    }
    if (is(vsock, family, end)) {
      return new VsockAddress(vsock.getInt(memory, "svm_cid"), vsock.getInt(memory, "svm_port"));
    }
    if (is(qipcrtr, family, end)) {
      return new QipcrtrAddress(
          qipcrtr.getInt(memory, "sq_node"), qipcrtr.getInt(memory, "sq_port"));
    }
    if (family == l2cap.number()) {
      return decodeBluetooth(memory, end);
    }
    if (is(system, family, end)) {
      return new SystemAddress(system.getInt(memory, "sc_id"), system.getInt(memory, "sc_unit"));
    }
    if (family == link.number()) {
      return decodeLink(memory, end);
    }
    if (is(hyperv, family, end)) {
      return new HypervAddress(
          uuid(hyperv.at(memory, "VmId")), uuid(hyperv.at(memory, "ServiceId")));
    }
    return null;
  }

  private static boolean is(Family candidate, int family, int end) {
    return family == candidate.number() && end >= candidate.size();
  }

  private @Nullable Address decodeTipc(long memory) {
    int type = tipc.getInt(memory, "addrtype");
    int scope = (byte) tipc.getInt(memory, "scope");
    return switch (type) {
      case TipcAddress.NAMESEQ, TipcAddress.NAME ->
          new TipcAddress(
              type,
              tipc.getInt(memory, "addr.nameseq.type"),
              tipc.getInt(memory, "addr.nameseq.lower"),
              tipc.getInt(memory, "addr.nameseq.upper"),
              scope);
      case TipcAddress.ID ->
          new TipcAddress(
              type,
              tipc.getInt(memory, "addr.id.node"),
              tipc.getInt(memory, "addr.id.ref"),
              0,
              scope);
      default -> null;
    };
  }

  /**
   * What follows the interface depends on the socket's protocol. Where nobody knows that, the
   * length tells: today's kernels give no more than the protocol has.
   */
  private @Nullable Address decodeCan(long memory, int end, int protocol) {
    int rawEnd = can.struct().offset("can_addr.tp.rx_id");
    int tpEnd = rawEnd + 2 * Integer.BYTES;
    int j1939End = can.struct().offset("can_addr.j1939.addr") + 1;
    if (end < rawEnd) {
      return null;
    }
    int index = can.getInt(memory, "can_ifindex");
    if (end >= tpEnd && (protocol == canIsoTp || (protocol == 0 && end == tpEnd))) {
      return new CanAddress.IsoTp(
          index, can.getInt(memory, "can_addr.tp.rx_id"), can.getInt(memory, "can_addr.tp.tx_id"));
    }
    if (end >= j1939End && (protocol == canJ1939 || (protocol == 0 && !isZero(memory, rawEnd)))) {
      return new CanAddress.J1939(
          index,
          can.get(memory, "can_addr.j1939.name"),
          can.getInt(memory, "can_addr.j1939.pgn"),
          can.getInt(memory, "can_addr.j1939.addr"));
    }
    boolean whole = end == rawEnd || end == can.size();
    return protocol != canIsoTp && protocol != canJ1939 && (protocol != 0 || whole)
        ? new CanAddress.Raw(index)
        : null;
  }

  private boolean isZero(long memory, int from) {
    for (int i = from; i <= can.struct().offset("can_addr.j1939.addr"); i++) {
      if (Memory.getByte(memory + i) != 0) {
        return false;
      }
    }
    return true;
  }

  private @Nullable Address decodePacket(long memory, int end) {
    int addressAt = packet.struct().offset("sll_addr");
    if (end < addressAt) {
      return null;
    }
    int length = packet.getInt(memory, "sll_halen");
    if (length > PacketAddress.ADDRESS_MAX || end < addressAt + length) {
      return null;
    }
    return new PacketAddress(
        packet.getInt(memory, "sll_ifindex"),
        network((short) packet.getInt(memory, "sll_protocol")) & 0xffff,
        packet.getInt(memory, "sll_pkttype"),
        packet.getInt(memory, "sll_hatype"),
        HardwareAddress.of(bytes(memory + addressAt, length)));
  }

  /** No two of the protocols' addresses have the same length. */
  private @Nullable Address decodeBluetooth(long memory, int end) {
    if (end == l2cap.size()) {
      return new BluetoothAddress.L2cap(
          device(l2cap.at(memory, "l2_bdaddr")),
          little((short) l2cap.getInt(memory, "l2_psm")) & 0xffff,
          little((short) l2cap.getInt(memory, "l2_cid")) & 0xffff,
          l2cap.getInt(memory, "l2_bdaddr_type"));
    }
    if (end == rfcomm.size()) {
      return new BluetoothAddress.Rfcomm(
          device(rfcomm.at(memory, "rc_bdaddr")), rfcomm.getInt(memory, "rc_channel"));
    }
    if (end == hci.size()) {
      return new BluetoothAddress.Hci(
          hci.getInt(memory, "hci_dev"), hci.getInt(memory, "hci_channel"));
    }
    return end == sco.size()
        ? new BluetoothAddress.Sco(device(sco.at(memory, "sco_bdaddr")))
        : null;
  }

  private @Nullable Address decodeLink(long memory, int end) {
    int dataAt = link.struct().offset("sdl_data");
    if (end < dataAt) {
      return null;
    }
    int nameLength = link.getInt(memory, "sdl_nlen");
    int addressLength = link.getInt(memory, "sdl_alen");
    if (dataAt + nameLength + addressLength > end) {
      return null;
    }
    long data = memory + dataAt;
    return new LinkAddress(
        link.getInt(memory, "sdl_index"),
        link.getInt(memory, "sdl_type"),
        new String(bytes(data, nameLength), StandardCharsets.ISO_8859_1),
        HardwareAddress.of(bytes(data + nameLength, addressLength)));
  }

  // Pieces

  private static void set(long memory, String text) {
    set(memory, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void set(long memory, byte[] bytes) {
    Memory.set(memory, bytes, 0, bytes.length);
  }

  /** Bluetooth's addresses stand in memory from the last byte to the first. */
  private static void setReversed(long memory, byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      Memory.setByte(memory + bytes.length - 1 - i, bytes[i]);
    }
  }

  private static HardwareAddress device(long memory) {
    byte[] bytes = new byte[BluetoothAddress.DEVICE_LENGTH];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = Memory.getByte(memory + bytes.length - 1 - i);
    }
    return HardwareAddress.of(bytes);
  }

  private static byte[] bytes(long memory, int length) {
    byte[] bytes = new byte[length];
    Memory.get(memory, bytes, 0, length);
    return bytes;
  }

  private static String text(long memory, int size) {
    int length = 0;
    while (length < size && Memory.getByte(memory + length) != 0) {
      length++;
    }
    return new String(bytes(memory, length), StandardCharsets.ISO_8859_1);
  }

  // struct GUID { unsigned long Data1; unsigned short Data2; unsigned short Data3;
  //   unsigned char Data4[8]; };

  private static void set(long memory, UUID uuid) {
    long most = uuid.getMostSignificantBits();
    Memory.setInt(memory, (int) (most >>> 32));
    Memory.setShort(memory + 4, (short) (most >>> 16));
    Memory.setShort(memory + 6, (short) most);
    Memory.setLong(memory + 8, network(uuid.getLeastSignificantBits()));
  }

  private static UUID uuid(long memory) {
    long most =
        (long) Memory.getInt(memory) << 32
            | (Memory.getShort(memory + 4) & 0xffffL) << 16
            | (Memory.getShort(memory + 6) & 0xffffL);
    return new UUID(most, network(Memory.getLong(memory + 8)));
  }

  private static short network(short number) {
    return BIG_ENDIAN ? number : Short.reverseBytes(number);
  }

  private static long network(long number) {
    return BIG_ENDIAN ? number : Long.reverseBytes(number);
  }

  private static short little(short number) {
    return BIG_ENDIAN ? Short.reverseBytes(number) : number;
  }
}
