package io.gatun.channel;

import io.gatun.address.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * A group that a channel or a {@link io.gatun.socket.Socket} joins by {@link
 * MessageOptions#JOIN_GROUP} and leaves by {@link MessageOptions#LEAVE_GROUP}; see RFC 3678.
 *
 * @param group the group's address; its port is not looked at
 * @param interfaceIndex the interface to join on, see {@link io.gatun.address.Interfaces}; 0 leaves
 *     the choice to the system's routes
 * @param source the only sender to hear; null for any
 */
public record MulticastGroup(IpAddress group, int interfaceIndex, @Nullable IpAddress source) {
  /**
   * Makes a group.
   *
   * @throws IllegalArgumentException if the source is of another family
   */
  public MulticastGroup {
    if (source != null && !source.family().equals(group.family())) {
      throw new IllegalArgumentException(source + " cannot send to " + group);
    }
  }

  /** Returns a group with any sender. */
  public static MulticastGroup of(IpAddress group, int interfaceIndex) {
    return new MulticastGroup(group, interfaceIndex, null);
  }
}
