package io.gatun.address;

/**
 * An address between a virtual machine and its host; see vsock(7). Linux only.
 *
 * <p>Its SOCK_SEQPACKET does not stand a non-blocking sender whose peer reads slowly: the kernel
 * sends a part of a message and says EAGAIN, so that the receiver gets a message that was never
 * written. A program there waits for an answer before it sends more than the peer's buffer takes,
 * or uses a stream with a length field.
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
