package io.gatun.handler;

import io.gatun.channel.ChannelHandlerContext;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Promise;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Plain text that is not encrypted yet, in order, counted as pending with its channel. */
final class TlsQueue {
  /** What goes into one record at most, in pieces. */
  private static final int PIECES = 16;

  private record Entry(ByteBuf bytes, @Nullable Promise<Void> promise, int pending) {}

  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private final ByteBuffer[] pieces = new ByteBuffer[PIECES];
  private int bytes;

  /** Of messages that were taken in full since {@link #promise} was asked last. */
  private final List<Promise<Void>> taken = new ArrayList<>();

  private boolean anyTaken;

  void add(ChannelHandlerContext ctx, ByteBuf message, @Nullable Promise<Void> promise) {
    entries.add(new Entry(message, promise, ctx.countPending(message)));
    bytes += message.readableBytes();
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  int bytes() {
    return bytes;
  }

  ByteBuffer[] pieces() {
    return pieces;
  }

  /** Lays out the next bytes, about a record's worth. Returns the number of pieces. */
  int gather(int limit) {
    int count = 0;
    int length = 0;
    for (Entry entry : entries) {
      if (count == PIECES || length >= limit) {
        break;
      }
      ByteBuf message = entry.bytes;
      pieces[count++] = nio(message);
      length += message.readableBytes();
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
    for (Entry entry; (entry = entries.peek()) != null; ) {
      int readable = entry.bytes.readableBytes();
      if (count < readable) {
        entry.bytes.skipBytes(count);
        return;
      }
      count -= readable;
      entries.remove();
      entry.bytes.release();
      anyTaken = true;
      if (entry.promise != null) {
        taken.add(entry.promise);
      }
      ctx.uncountPending(entry.pending);
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
    for (Entry entry; (entry = entries.poll()) != null; ) {
      entry.bytes.release();
      ctx.uncountPending(entry.pending);
      if (entry.promise != null) {
        entry.promise.tryFailure(cause);
      }
    }
    bytes = 0;
  }
}
