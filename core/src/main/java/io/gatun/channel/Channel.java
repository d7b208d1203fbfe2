package io.gatun.channel;

import io.gatun.address.Address;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.AttributeMap;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A socket on an event loop. Any thread may call its methods; what happens on it happens on its
 * {@link #eventLoop}, where also the listeners of its futures run.
 */
public interface Channel extends AttributeMap {
  /** Returns the loop the channel belongs to from birth to death. */
  EventLoop eventLoop();

  /** Returns the handlers. */
  ChannelPipeline pipeline();

  /** Returns the allocator of the channel's buffers. */
  ByteBufAllocator alloc();

  /** Returns whether the descriptor is open. */
  boolean isOpen();

  /** Returns whether the channel is connected, or listens. */
  boolean isActive();

  /** Returns whether the end of what the peer sends was read: nothing more comes. */
  boolean isInputShutdown();

  /**
   * Returns whether less is waiting to be sent than the high water mark; once it was reached, less
   * than the low one. Whoever writes on regardless fills the memory.
   */
  boolean isWritable();

  /**
   * Returns the bytes of memory that are waiting to be sent: each buffer counts its capacity, and
   * 128 at least, until all of it is sent.
   */
  long pendingBytes();

  /**
   * Returns the number of bytes that the system has taken of this channel so far. It tells whether
   * the peer takes anything, while {@link #pendingBytes} stays where it is until a message is sent
   * in full. For the loop; other threads see it sooner or later.
   */
  long bytesWritten();

  /**
   * Returns whether the system has taken all that reached the channel and was flushed. For the
   * loop.
   */
  boolean isFlushed();

  /** Returns the address the socket is bound to, or null before that. */
  @Nullable Address localAddress();

  /** Returns the address of the peer, or null when there is none. */
  @Nullable Address remoteAddress();

  /** Returns a future that completes, always with success, once the channel is closed. */
  Future<Void> closeFuture();

  /** Returns a promise whose listeners run on the loop. */
  Promise<Void> newPromise();

  /**
   * Writes a message with the next flush: on a stream a {@link io.netty.buffer.ByteBuf} or a {@link
   * FileRegion}, which the channel then owns. It may send from where the bytes are, a buffer's
   * array too: they must not be changed until the write is complete.
   *
   * @return can be cancelled until it is flushed, or a handler has begun to make something else of
   *     it, and nothing is sent then; completed when the system has taken the message, or it failed
   */
  Future<Void> write(Object message);

  /**
   * Writes a message with the next flush.
   *
   * @param promise completed when the system has taken the message; null when nobody waits, which
   *     allocates nothing: a failure then shows by the channel's closing
   */
  void write(Object message, @Nullable Promise<Void> promise);

  /** Writes a message and flushes. */
  Future<Void> writeAndFlush(Object message);

  /** Writes a message and flushes; the promise as for {@link #write(Object, Promise)}. */
  void writeAndFlush(Object message, @Nullable Promise<Void> promise);

  /** Sends what was written. */
  void flush();

  /**
   * Reads once: one message, while {@link ChannelOption#AUTO_READ} is off. While it is on this
   * happens by itself.
   */
  void read();

  /**
   * Shuts the sending half down once what was flushed is sent: the peer reads the end of the
   * stream.
   */
  Future<Void> shutdownOutput();

  /** Closes the channel at once; what was not sent yet fails. The future never fails. */
  Future<Void> close();

  /**
   * Closes the channel at once and, where the family can, resets the connection: what the system
   * has not sent yet is thrown away, and the peer's next call fails with ECONNRESET. SO_LINGER of 0
   * does this on TCP; a Unix peer reads the end of the stream.
   */
  Future<Void> abort();

  /** Closes as {@link #close()} does, and completes a promise. */
  void close(@Nullable Promise<Void> promise);

  /**
   * Returns the value of an option.
   *
   * @throws IOException as getsockopt(2) fails, or if the channel is closed
   */
  <T> T getOption(ChannelOption<T> option) throws IOException;

  /**
   * Sets an option.
   *
   * @throws IOException as setsockopt(2) fails, or if the channel is closed
   */
  <T> void setOption(ChannelOption<T> option, T value) throws IOException;
}
