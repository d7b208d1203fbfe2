package io.gatun.codec.can.dbc;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the frames of an identifier mean.
 *
 * @param id the identifier; of a message of J1939 with some source address
 * @param name its long name, where the file has one
 * @param length of the payload in bytes: more than a frame carries if a transport protocol does
 * @param format what carries it
 * @param senders the names of nodes
 * @param signals in the file's order
 * @param groups signals that belong together
 * @param cycleTime milliseconds from one frame to the next; 0 if the file does not say
 * @param sendType when it is sent, in the file's own words; null if it does not say
 * @param comment empty for none
 * @param attributes those that the file sets for this message, as in {@link DbcSignal}
 */
public record DbcMessage(
    CanId id,
    String name,
    int length,
    Format format,
    List<String> senders,
    List<DbcSignal> signals,
    List<Group> groups,
    int cycleTime,
    @Nullable String sendType,
    String comment,
    Map<String, Object> attributes) {
  /** What carries a message, as the attribute VFrameFormat says. */
  public enum Format {
    /** A frame of CAN 2.0, or whatever else. */
    CLASSIC,
    /** A frame of CAN FD. */
    FD,
    /** One or more frames of J1939. */
    J1939
  }

  /**
   * Signals that belong together.
   *
   * @param name of the group
   * @param repetitions as the file has it
   * @param signals their names
   */
  public record Group(String name, int repetitions, List<String> signals) {
    /** Copies the list. */
    public Group {
      signals = List.copyOf(signals);
    }
  }

  /** Makes a message, and copies the collections. */
  public DbcMessage {
    senders = List.copyOf(senders);
    signals = List.copyOf(signals);
    groups = List.copyOf(groups);
    attributes = Copy.of(attributes);
  }

  /**
   * {@return the signal of a name; null if there is none}
   *
   * @param name of a signal
   */
  public @Nullable DbcSignal signal(String name) {
    for (DbcSignal signal : signals) {
      if (signal.name().equals(name)) {
        return signal;
      }
    }
    return null;
  }

  /**
   * {@return the signals that are there, in the file's order} Those that a short payload cuts off,
   * and those that a multiplexer does not choose, are left out.
   *
   * @param data the payload
   */
  public List<DbcValue> decode(CanData data) {
    return decode(Unpooled.wrappedBuffer(data.toArray()), 0, data.length());
  }

  /**
   * {@return the signals that are there} The buffer's indexes stay.
   *
   * @param buf the buffer
   * @param index of the first byte of the payload
   * @param length of the payload in bytes
   */
  public List<DbcValue> decode(ByteBuf buf, int index, int length) {
    List<DbcValue> values = new ArrayList<>(signals.size());
    for (DbcSignal signal : signals) {
      if (signal.isPresent(buf, index, length)) {
        values.add(new DbcValue(signal, signal.raw(buf, index)));
      }
    }
    return values;
  }

  /**
   * {@return a payload} Bits of no signal are 0.
   *
   * @param values the physical value of each signal that shall be there, by its name; a Long or
   *     Integer of a signal that is not scaled is taken as it is
   * @throws IllegalArgumentException if a value lacks, does not fit, or is of a signal that is not
   *     there
   */
  public CanData encode(Map<String, ? extends Number> values) {
    ByteBuf buf = Unpooled.wrappedBuffer(new byte[length]);
    Set<String> unused = new HashSet<>(values.keySet());
    Set<String> seen = new HashSet<>();
    boolean more = true;
    // A multiplexer goes before what it chooses: a round for each level of them.
    while (more) {
      more = false;
      for (DbcSignal signal : signals) {
        DbcSignal.Multiplexing multiplexing = signal.multiplexing();
        if ((multiplexing == null || seen.contains(multiplexing.multiplexer().name()))
            && seen.add(signal.name())) {
          more = true;
          if (signal.isPresent(buf, 0, length)) {
            signal.setRaw(buf, 0, raw(signal, values.get(signal.name())));
            unused.remove(signal.name());
          }
        }
      }
    }
    if (!unused.isEmpty()) {
      throw new IllegalArgumentException(
          "message " + name + " has no signal " + unused.iterator().next() + " here");
    }
    return CanData.of(buf, 0, length);
  }

  private long raw(DbcSignal signal, @Nullable Number value) {
    if (value == null) {
      throw new IllegalArgumentException("message " + name + " lacks a value of " + signal.name());
    }
    boolean whole = value instanceof Long || value instanceof Integer;
    boolean plain = signal.type() != DbcSignal.Type.FLOAT && signal.scale() == 1;
    if (whole && plain && signal.offset() == 0) {
      long raw = value.longValue();
      int unused = Long.SIZE - signal.bits().length();
      long kept =
          signal.type() == DbcSignal.Type.SIGNED
              ? raw << unused >> unused
              : raw << unused >>> unused;
      if (kept == raw) {
        return raw;
      }
    }
    return signal.toRaw(value.doubleValue());
  }

  /** {@return the identifier and the name} */
  @Override
  public String toString() {
    return id + " " + name;
  }
}
