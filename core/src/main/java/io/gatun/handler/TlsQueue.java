package io.gatun.handler;

import io.gatun.channel.ChannelHandlerContext;
import io.netty.buffer.ByteBuf;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.concurrent.Promise;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Plain text that is not encrypted yet, in order, counted as pending with its channel. */
final class TlsQueue {
  /** What goes into one record at most, in pieces. */
  private static final int PIECES = 16;

  /** A message; linked, and used again for another, so that a message costs no garbage. */
  private static final class Entry {
    @Nullable ByteBuf bytes;
    @Nullable Promise<Void> promise;

    /** What the channel counts for it. */
    int pending;

    @Nullable Entry next;

    ByteBuf bytes() {
      return Objects.requireNonNull(bytes);
    }
  }

  private @Nullable Entry first;
  private @Nullable Entry last;

  /** Those that hold no message now, {@link #PIECES} at most. */
  private @Nullable Entry free;

  private int freeCount;

  private final ByteBuffer[] pieces = new ByteBuffer[PIECES];
  private int bytes;

  /** Of messages that were taken in full since {@link #promise} was asked last. */
  private final List<Promise<Void>> taken = new ArrayList<>();

  private boolean anyTaken;

  void add(ChannelHandlerContext ctx, ByteBuf message, @Nullable Promise<Void> promise) {
    Entry entry = free;
    if (entry == null) {
      entry = new Entry();
    } else {
      free = entry.next;
      freeCount--;
      entry.next = null;
    }
    entry.bytes = message;
    entry.promise = promise;
    entry.pending = ctx.countPending(message);
    if (last == null) {
      first = entry;
    } else {
      last.next = entry;
    }
    last = entry;
    bytes += message.readableBytes();
  }

  /** Takes out the first entry and releases its message. */
  private void remove(Entry entry) {
    first = entry.next;
    if (first == null) {
      last = null;
    }
    ByteBuf message = entry.bytes();
    if (message.refCnt() > 0) { // else somebody has released it too early
      message.release();
    }
    entry.bytes = null;
    entry.promise = null;
    if (freeCount < PIECES) {
      entry.next = free;
      free = entry;
      freeCount++;
    }
  }

  boolean isEmpty() {
    return first == null;
  }

  int bytes() {
    return bytes;
  }

  ByteBuffer[] pieces() {
    return pieces;
  }

  /**
   * Lays out the next bytes, about a record's worth, of messages that nobody can cancel any more:
   * one that was cancelled before goes as if it were empty. Returns the number of pieces.
   */
  int gather(int limit) {
    int count = 0;
    int length = 0;
    for (Entry entry = first;
        entry != null && count < PIECES && length < limit;
        entry = entry.next) {
      ByteBuf message = entry.bytes();
      if (message.refCnt() == 0) {
        throw new IllegalReferenceCountException("a buffer was released after it was written");
      }
      int readable = message.readableBytes();
      if (entry.promise != null && !entry.promise.setUncancellable()) {
        message.skipBytes(readable);
        bytes -= readable;
      } else if (readable > 0) {
        pieces[count++] = nio(message);
        length += readable;
      }
    }
    return count;
  }

  /** The readable bytes; only a composite of several is copied. */
  static ByteBuffer nio(ByteBuf bytes) {
    int index = bytes.readerIndex();
    int length = bytes.readableBytes();
    return bytes.nioBufferCount() == 1
        ? bytes.internalNioBuffer(index, length)
        : bytes.nioBuffer(index, length);
  }

  /** So many bytes are encrypted; messages that are empty go with those before them. */
  void took(ChannelHandlerContext ctx, int count) {
    bytes -= count;
    for (Entry entry; (entry = first) != null; ) {
      ByteBuf message = entry.bytes();
      int readable = message.readableBytes();
      if (count < readable) {
        message.skipBytes(count);
        return;
      }
      count -= readable;
      Promise<Void> promise = entry.promise;
      int pending = entry.pending;
      remove(entry);
      anyTaken = true;
      // A record that is dropped would be missed by its number, and end the connection.
      if (promise != null && promise.setUncancellable()) {
        taken.add(promise);
      }
      ctx.uncountPending(pending);
    }
  }

  /** Whether messages were taken that no promise was made for yet. */
  boolean hasTaken() {
    return anyTaken;
  }

  /** Returns what is to be completed when all that was taken is sent; null when nobody waits. */
  @Nullable Promise<Void> promise(ChannelHandlerContext ctx) {
    anyTaken = false;
    if (taken.size() <= 1) {
      Promise<Void> only = taken.isEmpty() ? null : taken.getFirst();
      taken.clear();
      return only;
    }
    List<Promise<Void>> all = List.copyOf(taken);
    taken.clear();
    Promise<Void> promise = ctx.newPromise();
    promise.addListener(done -> {
      for (Promise<Void> each : all) {
        if (done.isSuccess()) {
          each.trySuccess(null);
        } else {
          each.tryFailure(done.cause());
        }
      }
    });
    return promise;
  }

  /** Releases everything; the promises fail. */
  void fail(ChannelHandlerContext ctx, Throwable cause) {
    taken.forEach(promise -> promise.tryFailure(cause));
    taken.clear();
    for (Entry entry; (entry = first) != null; ) {
      Promise<Void> promise = entry.promise;
      int pending = entry.pending;
      remove(entry);
      ctx.uncountPending(pending);
      if (promise != null) {
        promise.tryFailure(cause);
      }
    }
    bytes = 0;
  }
}
