package io.gatun.address;

/**
 * An address of Qualcomm's router between processors; Linux only.
 *
 * @param node the processor
 * @param port the port there
 */
public record QipcrtrAddress(int node, int port) implements OtherAddress {
  @Override
  public AddressFamily family() {
    return OtherAddress.familyOf("AF_QIPCRTR");
  }

  @Override
  public String toString() {
    return "qipcrtr:" + Integer.toUnsignedString(node) + "," + Integer.toUnsignedString(port);
  }
}
