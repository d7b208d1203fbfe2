package io.gatun.channel;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Open channels of any loops, to be written to and closed together. A channel that closes leaves
 * its groups by itself. Any thread may use a group; iterating while others add and remove is
 * allowed, and shows their changes or not.
 */
public final class ChannelGroup implements Iterable<Channel> {
  private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** Makes an empty group. */
  public ChannelGroup() {}

  /**
   * Adds a channel. One that is closed already does not stay, and a group that was closed closes
   * it: so nobody slips in while a server goes down.
   *
   * @return whether it was not in the group before
   */
  public boolean add(Channel channel) {
    if (!channels.add(channel)) {
      return false;
    }
    channel.closeFuture().addListener(done -> channels.remove(channel));
    if (!channel.isOpen()) {
      channels.remove(channel);
    } else if (closed) {
      channel.close();
    }
    return true;
  }

  /** Removes a channel, which stays open. Returns whether it was in the group. */
  public boolean remove(Channel channel) {
    return channels.remove(channel);
  }

  /** Returns whether a channel is in the group. */
  public boolean contains(Channel channel) {
    return channels.contains(channel);
  }

  /** Returns the number of channels. */
  public int size() {
    return channels.size();
  }

  /** Returns whether there are none. */
  public boolean isEmpty() {
    return channels.isEmpty();
  }

  @Override
  public Iterator<Channel> iterator() {
    return channels.iterator();
  }

  /** Writes a message to all channels; see {@link #writeAndFlush(Object, Predicate)}. */
  public void writeAndFlush(Object message) {
    writeAndFlush(message, channel -> true);
  }

  /**
   * Writes a message to some of the channels and flushes. Each gets its own reader index of the
   * same bytes, which are not copied. A channel whose peer does not read keeps the message in
   * memory: to leave such ones out, ask for {@link Channel#isWritable}.
   *
   * @param message released once all have sent it
   * @param receivers who is to have it
   */
  public void writeAndFlush(Object message, Predicate<? super Channel> receivers) {
    try {
      for (Channel channel : channels) {
        if (receivers.test(channel)) {
          channel.writeAndFlush(retained(message), null);
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private static Object retained(Object message) {
    return message instanceof ByteBuf buffer
        ? buffer.retainedDuplicate()
        : ReferenceCountUtil.retain(message);
  }

  /**
   * Closes all channels, and each one that is added later.
   *
   * @return completed, always with success, once those that were there are closed; its listeners
   *     run on the loop of the last one
   */
  public Future<Void> close() {
    closed = true;
    List<Channel> closing = List.copyOf(channels);
    Promise<Void> all = ImmediateEventExecutor.INSTANCE.newPromise();
    AtomicInteger left = new AtomicInteger(closing.size() + 1);
    for (Channel channel : closing) {
      channel.close().addListener(done -> countDown(left, all));
    }
    countDown(left, all);
    return all;
  }

  private static void countDown(AtomicInteger left, Promise<Void> all) {
    if (left.decrementAndGet() == 0) {
      all.setSuccess(null);
    }
  }
}
