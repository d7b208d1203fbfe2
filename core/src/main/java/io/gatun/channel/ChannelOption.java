package io.gatun.channel;

import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.netty.buffer.ByteBufAllocator;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A setting of a channel, by its name and type. Those of the channel itself are constants here, as
 * are the kernel's that are asked for most; any other of the kernel's goes by its numbers: {@link
 * #ofInt}. The kernel's are options of a {@link io.gatun.socket.Socket} too.
 *
 * @param <T> the type of the value
 */
public final class ChannelOption<T> {
  /** Reads on by itself; on by default. Off, each {@link Channel#read} reads one message. */
  public static final ChannelOption<Boolean> AUTO_READ = new ChannelOption<>("AUTO_READ");

  /**
   * Keeps the channel open when the peer sends no more, and tells {@link
   * ChannelEvent#INPUT_SHUTDOWN}; off by default: the channel closes when it has sent what waits.
   */
  public static final ChannelOption<Boolean> ALLOW_HALF_CLOSURE =
      new ChannelOption<>("ALLOW_HALF_CLOSURE");

  /** When the channel is writable; {@link WaterMarks#DEFAULT} by default. */
  public static final ChannelOption<WaterMarks> WRITE_WATER_MARKS =
      new ChannelOption<>("WRITE_WATER_MARKS");

  /** How long connecting may take; 30 seconds by default, zero for the system's own limit. */
  public static final ChannelOption<Duration> CONNECT_TIMEOUT =
      new ChannelOption<>("CONNECT_TIMEOUT");

  /**
   * The most bytes of a message that are read, 65,536 by default; what is longer is cut off, which
   * {@link Message#isTruncated} tells. Shorter messages do not cost more for it.
   */
  public static final ChannelOption<Integer> MESSAGE_SIZE = new ChannelOption<>("MESSAGE_SIZE");

  /**
   * A Unix stream reads {@link Message}s in the place of buffers, with what came along:
   * descriptors, and where {@link MessageOptions#SO_PASSCRED} is on, who sent it. Off by default:
   * descriptors that come are closed. A stream knows no bounds of messages: descriptors come with
   * the one that holds the first of the bytes they were sent with, and other bytes may stand before
   * it.
   */
  public static final ChannelOption<Boolean> ANCILLARY = new ChannelOption<>("ANCILLARY");

  /** What the channel may do before others have their turn; see {@link RoundLimit}. */
  public static final ChannelOption<RoundLimit> ROUND_LIMIT = new ChannelOption<>("ROUND_LIMIT");

  /** Where buffers come from; pooled by default. Buffers must be direct. */
  public static final ChannelOption<ByteBufAllocator> ALLOCATOR = new ChannelOption<>("ALLOCATOR");

  /** How many connections wait to be accepted; SOMAXCONN by default. Set it before bind. */
  public static final ChannelOption<Integer> BACKLOG = new ChannelOption<>("BACKLOG");

  /** SO_REUSEADDR: binds while connections of an earlier server linger. On for listeners. */
  public static final ChannelOption<Boolean> SO_REUSEADDR =
      ofBoolean("SO_REUSEADDR", Constants.SOL_SOCKET, Constants.SO_REUSEADDR);

  /** SO_REUSEPORT: several listeners share a port, and the kernel spreads connections. */
  public static final ChannelOption<Boolean> SO_REUSEPORT =
      ofBoolean("SO_REUSEPORT", Constants.SOL_SOCKET, Constants.SO_REUSEPORT);

  /** SO_KEEPALIVE: probes an idle connection. */
  public static final ChannelOption<Boolean> SO_KEEPALIVE =
      ofBoolean("SO_KEEPALIVE", Constants.SOL_SOCKET, Constants.SO_KEEPALIVE);

  /** SO_RCVBUF in bytes; Linux doubles what is set. */
  public static final ChannelOption<Integer> SO_RCVBUF =
      ofInt("SO_RCVBUF", Constants.SOL_SOCKET, Constants.SO_RCVBUF);

  /** SO_SNDBUF in bytes; Linux doubles what is set. */
  public static final ChannelOption<Integer> SO_SNDBUF =
      ofInt("SO_SNDBUF", Constants.SOL_SOCKET, Constants.SO_SNDBUF);

  /**
   * SO_LINGER in seconds, −1 when off; with 0 a close resets the connection. More than 0 makes the
   * loop wait in close(2).
   */
  public static final ChannelOption<Integer> SO_LINGER =
      new ChannelOption<>("SO_LINGER", new KernelOption.Linger());

  /** TCP_NODELAY: sends small segments at once. */
  public static final ChannelOption<Boolean> TCP_NODELAY =
      ofBoolean("TCP_NODELAY", Constants.IPPROTO_TCP, Constants.TCP_NODELAY);

  /** IPV6_V6ONLY: a listener on an IPv6 address takes no IPv4. Set it before bind. */
  public static final ChannelOption<Boolean> IPV6_V6ONLY =
      ofBoolean("IPV6_V6ONLY", Constants.IPPROTO_IPV6, Constants.IPV6_V6ONLY);

  private final String name;
  private final @Nullable KernelOption<T> kernelOption;

  private ChannelOption(String name) {
    this(name, null);
  }

  private ChannelOption(String name, @Nullable KernelOption<T> kernelOption) {
    this.name = name;
    this.kernelOption = kernelOption;
  }

  /** {@return how the kernel is asked for it; null when it is the channel's own} */
  public @Nullable KernelOption<T> kernelOption() {
    return kernelOption;
  }

  /**
   * Returns an option of the kernel that is an int.
   *
   * @param name for messages
   * @param level such as SOL_SOCKET's number
   * @param number the option's number on this system
   */
  public static ChannelOption<Integer> ofInt(String name, int level, int number) {
    return new ChannelOption<>(name, new KernelOption.Int(level, number));
  }

  /** Returns an option of the kernel that is an int, and off when 0; see {@link #ofInt}. */
  public static ChannelOption<Boolean> ofBoolean(String name, int level, int number) {
    return new ChannelOption<>(name, new KernelOption.Bool(level, number));
  }

  /**
   * Returns an option of the kernel that is bytes, in the layout of the struct that the system has
   * for it; see {@link #ofInt}.
   *
   * @param size how many bytes are read at most
   */
  public static ChannelOption<byte[]> ofBytes(String name, int level, int number, int size) {
    return new ChannelOption<>(name, new KernelOption.Bytes(level, number, size));
  }

  /** Returns an option by its C name; where the system lacks it, its use fails with ENOPROTOOPT. */
  static ChannelOption<Integer> ofInt(int level, String name) {
    return Abi.HOST.has(name)
        ? ofInt(name, level, Abi.HOST.value(name))
        : new ChannelOption<>(name, new KernelOption.Lacking<>());
  }

  /** As {@link #ofInt(int, String)}, of an int that is off when 0. */
  static ChannelOption<Boolean> ofBoolean(int level, String name) {
    return Abi.HOST.has(name)
        ? ofBoolean(name, level, Abi.HOST.value(name))
        : new ChannelOption<>(name, new KernelOption.Lacking<>());
  }

  /** Returns the option that joins a group, or leaves it. */
  static ChannelOption<MulticastGroup> ofMembership(String name, boolean joins) {
    return new ChannelOption<>(name, new KernelOption.Membership(joins));
  }

  /** Returns the name. */
  public String name() {
    return name;
  }

  @Override
  public String toString() {
    return name;
  }
}
