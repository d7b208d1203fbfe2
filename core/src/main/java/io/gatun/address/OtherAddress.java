package io.gatun.address;

import io.gatun.os.Abi;
import java.net.SocketAddress;

/** An address of a family that the JDK has not. A family that this system lacks is −1. */
public sealed interface OtherAddress extends Address
    permits AlgAddress,
        BluetoothAddress,
        CanAddress,
        HypervAddress,
        LinkAddress,
        NetlinkAddress,
        PacketAddress,
        QipcrtrAddress,
        SystemAddress,
        TipcAddress,
        VsockAddress {
  /**
   * Throws: the JDK has no such family.
   *
   * @throws UnsupportedOperationException always
   */
  @Override
  default SocketAddress toSocketAddress() {
    throw new UnsupportedOperationException("the JDK has no address like " + this);
  }

  /** The host's family of a name, or −1. */
  static AddressFamily familyOf(String name) {
    return new AddressFamily(Abi.HOST.valueOr(name, -1));
  }
}
