package io.gatun.socket;

import io.gatun.address.Address;
import io.gatun.message.AncillaryData;
import io.gatun.os.Kernel;
import java.lang.ref.Cleaner;
import java.util.Arrays;
import java.util.List;

/**
 * What recvmsg(2) received. Descriptors that came with it are this object's until {@link
 * #takeDescriptors}: {@link #close} closes those that nobody took, and if that is forgotten too,
 * the garbage collector does. None outlives execve(2).
 *
 * <p>What to do with a descriptor that was taken depends on what it is of:
 *
 * <ul>
 *   <li>a socket: {@link Socket#ofDescriptor(int)} takes it over, and closes it; so do {@link
 *       io.gatun.channel.Bootstrap#adopt} and {@link io.gatun.channel.ServerBootstrap#adopt}, to
 *       make a channel of it.
 *   <li>a file, a pipe or a device: the JDK makes no stream of a number. The path {@code /dev/fd/N}
 *       opens it, {@code FileChannel.open(Path.of("/dev/fd/" + fd))}, {@code Files.newInputStream}
 *       and the like. On Linux that opens the file anew: the position begins at 0, and the rights
 *       are asked for again; on macOS and the BSDs it is a duplicate. Then {@link Sockets#close}
 *       closes the descriptor itself.
 *   <li>to be passed on: {@link Sockets#sendFds}, then {@link Sockets#close}.
 * </ul>
 */
public final class ReceivedMessage implements AutoCloseable {
  private static final int[] NONE = {};

  private final byte[] data;
  private final int length;
  private final List<AncillaryData> ancillary;
  private final int flags;
  private final Address address;
  private final Descriptors descriptors;

  ReceivedMessage(
      byte[] data,
      int length,
      List<AncillaryData> ancillary,
      Descriptors descriptors,
      int flags,
      Address address) {
    this.data = data;
    this.length = length;
    this.ancillary = ancillary;
    this.flags = flags;
    this.address = address;
    this.descriptors = descriptors;
    if (descriptors.any()) {
      Cleaners.CLEANER.register(this, descriptors);
    }
  }

  /** {@return a copy of the bytes; none if they were received into the caller's buffers} */
  public byte[] data() {
    return Arrays.copyOf(data, Math.min(length, data.length));
  }

  /** {@return the number of bytes; with MSG_TRUNC asked for, that of the whole message} */
  public int length() {
    return length;
  }

  /**
   * {@return what came beside the bytes, in the order of the system} Descriptors are among it, as
   * numbers that are still this object's.
   */
  public List<AncillaryData> ancillary() {
    return ancillary;
  }

  /**
   * {@return MSG_TRUNC if the message was longer than the room, MSG_CTRUNC if what came beside it
   * was, MSG_EOR and the like: constants of {@link SocketConstants}}
   */
  public int flags() {
    return flags;
  }

  /** {@return the sender's address; {@link io.gatun.address.RawAddress#NONE} if there is none} */
  public Address address() {
    return address;
  }

  /**
   * {@return the descriptors, which are the caller's from now on, to be closed by {@link
   * Sockets#close} or by who takes them over; none when asked again}
   */
  public int[] takeDescriptors() {
    return descriptors.take();
  }

  /** Closes the descriptors that nobody took. */
  @Override
  public void close() {
    descriptors.run();
  }

  @Override
  public String toString() {
    return "ReceivedMessage of " + length + " bytes from " + address + ", " + ancillary;
  }

  /** Descriptors that nobody has taken yet. */
  static final class Descriptors implements Runnable {
    private int[] left;

    Descriptors(int[] left) {
      this.left = left;
    }

    synchronized boolean any() {
      return left.length > 0;
    }

    synchronized int[] take() {
      int[] taken = left;
      left = NONE;
      return taken;
    }

    @Override
    public void run() {
      int[] mine = take();
      if (mine.length > 0) {
        Kernel kernel = Kernel.acquire();
        try {
          for (int fd : mine) {
            kernel.close(fd);
          }
        } finally {
          Kernel.release(kernel);
        }
      }
    }
  }

  /** Made only when somebody sends descriptors. */
  static final class Cleaners {
    static final Cleaner CLEANER = Cleaner.create();

    private Cleaners() {}
  }
}
