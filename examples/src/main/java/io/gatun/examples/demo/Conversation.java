package io.gatun.examples.demo;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What one client says and expects to hear: messages cut from a {@link ByteSequence}, each sent
 * when an earlier one is back. Used by one thread at a time, but for {@link #failed}.
 */
final class Conversation {
  /**
   * The most bytes under way. The server goes on reading while it has no more than this to send, so
   * a client that sends before it reads is never stuck.
   */
  static final int WINDOW = 64 * 1024;

  private final Load load;
  private final Tally tally;
  private final String name;
  private final int messageSize;
  private final ByteSequence bytes;
  private final long[] startNanos;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile boolean arrived;
  private long begun;
  private long sent;
  private long returned;

  /**
   * Begins with nothing said.
   *
   * @param number among those of its kind
   * @param index among all
   */
  Conversation(Load load, Kind kind, int number, int index) {
    this.load = load;
    this.tally = load.tally(kind);
    this.name = kind.label + " " + number;
    this.messageSize = load.settings().messageSize();
    this.bytes = new ByteSequence(load.settings().seed() + index);
    this.startNanos = new long[load.settings().inFlight()];
  }

  String name() {
    return name;
  }

  void connected() {
    tally.connected.increment();
    arrived = true;
    load.arriving.countDown();
  }

  /** Writes what is to be sent now, at most to the buffer's capacity. */
  void fill(ByteBuf buffer) {
    while (buffer.isWritable()) {
      long end = begun * messageSize;
      if (sent == end) {
        if (load.isEnding() || begun - returned / messageSize >= startNanos.length) {
          return;
        }
        startNanos[(int) (begun++ % startNanos.length)] = System.nanoTime();
        end += messageSize;
      }
      int room = (int) Math.min(buffer.writableBytes(), WINDOW - (sent - returned));
      if (room == 0) {
        return;
      }
      int length = (int) Math.min(room, end - sent);
      bytes.write(sent, buffer, length);
      sent += length;
      tally.sent.add(length);
    }
  }

  /**
   * Checks what came back, and takes it.
   *
   * @return whether it is what was sent; if not, the conversation has failed
   */
  boolean check(ByteBuf buffer) {
    int length = buffer.readableBytes();
    tally.received.add(length);
    long wrong = bytes.check(returned, buffer);
    if (wrong >= 0) {
      tally.verified.add(wrong - returned);
      int got = buffer.getByte(buffer.readerIndex()) & 0xff;
      failed(
          "byte %d came back as 0x%02x instead of 0x%02x"
              .formatted(wrong, got, bytes.at(wrong) & 0xff));
      return false;
    }
    if (returned + length > sent) {
      failed((returned + length - sent) + " more bytes came back than were sent");
      return false;
    }
    tally.verified.add(length);
    long whole = returned / messageSize;
    returned += length;
    if (returned / messageSize > whole) {
      long now = System.nanoTime();
      for (; whole < returned / messageSize; whole++) {
        tally.message(now - startNanos[(int) (whole % startNanos.length)]);
      }
    }
    return true;
  }

  /** Whether no message is to follow, and all are back. */
  boolean isOver() {
    return load.isEnding() && returned == begun * messageSize;
  }

  /** The peer has closed the connection, after this side has shut its own half down. */
  void closed() {
    if (ended.compareAndSet(false, true)) {
      tally.closedInOrder.increment();
      load.running.countDown();
    }
  }

  void failed(Throwable cause) {
    failed(cause.getMessage() == null ? cause.toString() : cause.getMessage());
  }

  /** Only the first failure counts: others follow from it. */
  void failed(@Nullable String cause) {
    if (ended.compareAndSet(false, true)) {
      tally.errors.increment();
      load.error(name + ": " + cause);
      if (!arrived) {
        load.arriving.countDown(); // nobody has to wait for it any more
      }
      load.running.countDown();
    }
  }
}
