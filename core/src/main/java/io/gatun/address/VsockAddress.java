package io.gatun.address;

/**
 * An address between a virtual machine and its host; see vsock(7). Linux only.
 *
 * @param cid the machine: VMADDR_CID_HOST, say; −1, VMADDR_CID_ANY, is any
 * @param port the port; −1, VMADDR_PORT_ANY, lets the system choose one
 */
public record VsockAddress(int cid, int port) implements OtherAddress {
  @Override
  public AddressFamily family() {
    return OtherAddress.familyOf("AF_VSOCK");
  }

  @Override
  public String toString() {
    return "vsock:" + Integer.toUnsignedString(cid) + "," + Integer.toUnsignedString(port);
  }
}
