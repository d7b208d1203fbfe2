package io.gatun.codec.can;

import io.netty.buffer.ByteBuf;
import java.util.Collection;
import java.util.List;

/**
 * Which frames a raw socket is given (can(4), {@code CAN_RAW_FILTER}): those whose {@code canid_t}
 * agrees with {@code id} in all bits of {@code mask}, or, if inverted, those whose does not.
 *
 * <p>A socket with several filters is given what one of them lets through, or with {@code
 * CAN_RAW_JOIN_FILTERS} what all do. Without any it is given nothing. Error frames pass no filter:
 * {@code CAN_RAW_ERR_FILTER} is for them, or the flag {@code CAN_ERR_FLAG} in the mask, which makes
 * the rest of the mask the classes of errors to be had.
 *
 * <p>A filter for one identifier ({@link #exact}) costs the kernel a look into a table, any other a
 * comparison a frame.
 *
 * @param id an identifier with flags, as {@link CanId#raw} has it
 * @param mask the bits that count
 * @param inverted whether frames that agree are held back
 */
public record CanFilter(int id, int mask, boolean inverted) {
  /** The size of {@code struct can_filter}. */
  public static final int SIZE = 8;

  /** A socket takes no more filters than these. */
  public static final int MAX_FILTERS = 512;

  /** Lets everything through but error frames. */
  public static final CanFilter ALL = new CanFilter(0, 0, false);

  // struct can_filter {
  //         canid_t can_id;    /* with CAN_INV_FILTER if inverted */
  //         canid_t can_mask;
  // };
  private static final int MASK = 4;

  /** CAN_INV_FILTER has the place of CAN_ERR_FLAG, so an identifier cannot have the latter. */
  private static final int INVERTED = Layout.ERR;

  /**
   * Makes a filter.
   *
   * @throws IllegalArgumentException if the identifier has the flag of error frames
   */
  public CanFilter {
    if ((id & INVERTED) != 0) {
      throw new IllegalArgumentException(
          "the identifier 0x%08x of a filter has the flag of errors".formatted(id));
    }
  }

  /**
   * {@return a filter for the data frames of one identifier}
   *
   * @param id the identifier
   */
  public static CanFilter exact(CanId id) {
    return new CanFilter(id.raw(), fullMask(id.isExtended()), false);
  }

  /** The mask that the kernel's table asks for. */
  static int fullMask(boolean extended) {
    return Layout.EFF | Layout.RTR | (extended ? CanId.MAX_EXTENDED : CanId.MAX_STANDARD);
  }

  /**
   * {@return filters for the data frames of just these identifiers} None of the filters can be left
   * out or widened. There may be a smaller set: to find the smallest is a problem that takes
   * exponential time (minimal covers of a Boolean function).
   *
   * @param wanted the identifiers
   */
  public static List<CanFilter> covering(Collection<CanId> wanted) {
    return FilterCover.exact(wanted);
  }

  /**
   * {@return filters for the data frames of at least these identifiers} Where {@link
   * #covering(Collection)} needs more filters than there may be, some are joined to wider ones, so
   * that few others come along.
   *
   * @param wanted the identifiers
   * @param most how many filters there may be, 2 or more
   */
  public static List<CanFilter> covering(Collection<CanId> wanted, int most) {
    if (most < 2) {
      throw new IllegalArgumentException("2 filters at least, not " + most);
    }
    return FilterCover.widened(wanted, most);
  }

  /**
   * {@return whether a frame is let through} The answer is the kernel's.
   *
   * @param rawId the frame's {@code canid_t} with its flags, as {@link CanFrameView#rawId} has it
   */
  public boolean matches(int rawId) {
    if ((mask & Layout.ERR) != 0) {
      // A filter of errors: it neither compares nor inverts.
      return (rawId & Layout.ERR) != 0 && (rawId & mask & CanId.MAX_EXTENDED) != 0;
    }
    if ((rawId & Layout.ERR) != 0) {
      return false;
    }
    int bits = mask;
    if ((mask & Layout.EFF) != 0 && (id & Layout.EFF) == 0) {
      bits &= fullMask(false);
    }
    return ((rawId ^ id) & bits) == 0 != inverted;
  }

  /**
   * {@return whether a socket with filters is given a frame}
   *
   * @param filters the socket's filters
   * @param joined whether all must let it through ({@code CAN_RAW_JOIN_FILTERS})
   * @param rawId the frame's {@code canid_t} with its flags
   */
  public static boolean matches(List<CanFilter> filters, boolean joined, int rawId) {
    for (int i = 0; i < filters.size(); i++) {
      if (filters.get(i).matches(rawId) != joined) {
        return !joined;
      }
    }
    return joined && !filters.isEmpty();
  }

  /**
   * Writes filters as {@code CAN_RAW_FILTER} takes them.
   *
   * @param filters up to {@link #MAX_FILTERS}
   * @param buf where to, at the writer index
   * @throws IllegalArgumentException if there are more
   */
  public static void encode(List<CanFilter> filters, ByteBuf buf) {
    if (filters.size() > MAX_FILTERS) {
      throw new IllegalArgumentException(
          filters.size() + " filters: a socket takes " + MAX_FILTERS);
    }
    buf.ensureWritable(filters.size() * SIZE);
    for (CanFilter filter : filters) {
      int index = buf.writerIndex();
      Layout.setInt(buf, index, filter.inverted ? filter.id | INVERTED : filter.id);
      Layout.setInt(buf, index + MASK, filter.mask);
      buf.writerIndex(index + SIZE);
    }
  }

  /**
   * {@return the filters that a buffer's readable bytes are}
   *
   * @param buf the buffer; its reader index goes to its writer index
   * @throws CanFormatException if the bytes are no whole number of filters
   */
  public static List<CanFilter> decode(ByteBuf buf) {
    int bytes = buf.readableBytes();
    if (bytes % SIZE != 0 || bytes / SIZE > MAX_FILTERS) {
      throw new CanFormatException(bytes + " bytes are no filters of " + SIZE);
    }
    CanFilter[] filters = new CanFilter[bytes / SIZE];
    for (int i = 0; i < filters.length; i++) {
      int index = buf.readerIndex();
      int id = Layout.getInt(buf, index);
      int mask = Layout.getInt(buf, index + MASK);
      filters[i] = new CanFilter(id & ~INVERTED, mask, (id & INVERTED) != 0);
      buf.skipBytes(SIZE);
    }
    return List.of(filters);
  }

  /**
   * {@return {@code id:mask} in hexadecimal, or {@code id~mask} if inverted, as candump takes it}
   */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(17);
    FrameText.appendHex(out, id, (id & Layout.EFF) != 0 ? 8 : 3).append(inverted ? '~' : ':');
    return FrameText.appendHex(out, mask, 8).toString();
  }
}
