package io.gatun.address;

import java.util.UUID;

/**
 * An address between a virtual machine and its host on Hyper-V; Windows only.
 *
 * @param vmId the machine, or one of Hyper-V's wildcards
 * @param serviceId the service
 */
public record HypervAddress(UUID vmId, UUID serviceId) implements OtherAddress {
  /** Any machine: HV_GUID_WILDCARD. */
  public static final UUID WILDCARD = new UUID(0, 0);

  /** All machines: HV_GUID_BROADCAST. */
  public static final UUID BROADCAST = new UUID(-1, -1);

  /** The machines that this one is the host of: HV_GUID_CHILDREN. */
  public static final UUID CHILDREN = UUID.fromString("90db8b89-0d35-4f79-8ce9-49ea0ac8b7cd");

  /** This machine: HV_GUID_LOOPBACK. */
  public static final UUID LOOPBACK = UUID.fromString("e0e16197-dd56-4a10-9195-5ee7a155a838");

  /** The host of this machine: HV_GUID_PARENT. */
  public static final UUID PARENT = UUID.fromString("a42e7cda-d03f-480c-9cc2-a4de20abb878");

  @Override
  public AddressFamily family() {
    return OtherAddress.familyOf("AF_HYPERV");
  }

  @Override
  public String toString() {
    return "hyperv:" + vmId + "," + serviceId;
  }
}
