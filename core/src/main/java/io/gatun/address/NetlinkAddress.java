package io.gatun.address;

/**
 * An address of the kernel's own messages; see netlink(7). Linux only.
 *
 * @param pid the port: 0 is the kernel, or to bind one that the kernel chooses; as a rule the
 *     process
 * @param groups the multicast groups, a bit each
 */
public record NetlinkAddress(int pid, int groups) implements OtherAddress {
  /** The kernel. */
  public static final NetlinkAddress KERNEL = new NetlinkAddress(0, 0);

  @Override
  public AddressFamily family() {
    return OtherAddress.familyOf("AF_NETLINK");
  }

  @Override
  public String toString() {
    return "netlink:" + Integer.toUnsignedString(pid) + "," + Integer.toUnsignedString(groups);
  }
}
