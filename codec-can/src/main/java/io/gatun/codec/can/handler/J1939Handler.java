package io.gatun.codec.can.handler;

import io.gatun.channel.ChannelHandlerContext;
import io.gatun.codec.can.CanFilter;
import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.channel.CanFrameHandler;
import io.gatun.codec.can.channel.CanReceived;
import io.gatun.codec.can.j1939.J1939Claim;
import io.gatun.codec.can.j1939.J1939Error;
import io.gatun.codec.can.j1939.J1939Id;
import io.gatun.codec.can.j1939.J1939Listener;
import io.gatun.codec.can.j1939.J1939Message;
import io.gatun.codec.can.j1939.J1939Name;
import io.gatun.codec.can.j1939.J1939Node;
import io.gatun.codec.can.j1939.J1939Transport;
import io.netty.util.concurrent.Promise;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Drives a {@link J1939Node} on a channel of frames, behind a {@link CanFrameHandler}: it claims an
 * address when the channel is active; a {@link J1939Message} that is written is sent, and one for
 * this node or for all is read. Frames with 11 bits of identifier pass.
 *
 * <p>Messages wait for an address, and long ones for the one to the same destination before them;
 * they count as what waits to be sent. A promise is done when the message is sent, and fails with a
 * {@link J1939Exception}. User events tell of the address ({@link AddressChanged}) and of a message
 * that was coming and is given up ({@link ReceiveFailed}).
 */
public final class J1939Handler extends ProtocolHandler {
  /**
   * The node has an address, another one, or none.
   *
   * @param address {@link J1939Id#NULL} for none
   */
  public record AddressChanged(int address) {}

  /**
   * A message that was coming is given up.
   *
   * @param message what its beginning said, without data
   * @param error why
   */
  public record ReceiveFailed(J1939Message message, J1939Error error) {}

  private record Entry(J1939Message message, @Nullable Promise<Void> promise, int pending) {}

  /** All frames with 29 bits of identifier: data, no remote ones. */
  private static final CanFilter EXTENDED = new CanFilter(0x8000_0000, 0xc000_0000, false);

  private final J1939Node node;
  private final List<Entry> waiting = new ArrayList<>();

  /** Of the messages that are being sent. */
  private final IdentityHashMap<J1939Message, @Nullable Promise<Void>> promises =
      new IdentityHashMap<>();

  /**
   * Makes a handler.
   *
   * @param name the node's name
   * @param address the one it would like to have, 0 to 253
   * @param options how messages go and come
   * @param seed of the delays of claims; that of no other node
   * @throws IllegalArgumentException if the address is out of range
   */
  public J1939Handler(J1939Name name, int address, J1939Transport.Options options, long seed) {
    this.node = new J1939Node(name, address, options, seed, new Listener());
  }

  private final class Listener implements J1939Listener {
    @Override
    public void transmit(CanFrame frame) {
      J1939Handler.this.transmit(frame);
    }

    @Override
    public void received(J1939Message message) {
      context().fireChannelRead(message);
    }

    @Override
    public void sent(J1939Message message) {
      Promise<Void> promise = promises.remove(message);
      if (promise != null) {
        promise.trySuccess(null);
      }
    }

    @Override
    public void failed(J1939Message message, boolean isOfSending, J1939Error error) {
      if (!isOfSending) {
        context().fireUserEvent(new ReceiveFailed(message, error));
        return;
      }
      Promise<Void> promise = promises.remove(message);
      if (promise != null) {
        promise.tryFailure(new J1939Exception(message, error));
      }
    }

    @Override
    public void addressChanged(int address) {
      context().fireUserEvent(new AddressChanged(address));
    }
  }

  /** {@return a filter of all identifiers with 29 bits} */
  @Override
  public Collection<CanFilter> filters() {
    return List.of(EXTENDED);
  }

  /** {@return the half that has the address, and knows those of others} On the loop. */
  public J1939Claim claim() {
    return node.claim();
  }

  /**
   * Puts those who send to this node off, or no longer: {@link J1939Transport#hold}. On the loop.
   *
   * @param on whether to
   */
  public void hold(boolean on) {
    node.hold(on, now(context()));
    drive();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    super.handlerAdded(ctx);
    if (ctx.channel().isActive()) {
      start(ctx);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    start(ctx);
    ctx.fireChannelActive();
  }

  private void start(ChannelHandlerContext ctx) {
    node.start(now(ctx));
    drive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof CanReceived received
        && received.origin() != CanReceived.Origin.OWN
        && received.frame() instanceof CanFrame.Classic classic
        && classic.id().isExtended()) {
      node.receive(classic, now(ctx));
      drive();
    } else {
      ctx.fireChannelRead(message);
    }
  }

  /** What is no message of J1939, such as a frame, is handed on. */
  @Override
  public void write(ChannelHandlerContext ctx, Object message, @Nullable Promise<Void> promise) {
    if (message instanceof J1939Message j1939) {
      waiting.add(new Entry(j1939, promise, ctx.countPending(j1939)));
    } else {
      ctx.write(message, promise);
    }
  }

  @Override
  void run(long now) {
    node.run(now);
  }

  @Override
  long timeLeft(long now) {
    return node.timeLeft(now);
  }

  @Override
  void begin(long now) {
    if (node.address() == J1939Id.NULL || waiting.isEmpty()) {
      return;
    }
    // Sending may make somebody write, who adds to the list.
    List<Entry> ready = new ArrayList<>();
    boolean[] taken = new boolean[J1939Id.GLOBAL + 1];
    for (Iterator<Entry> i = waiting.iterator(); i.hasNext() && hasRoom(); ) {
      Entry entry = i.next();
      int destination = entry.message.destination();
      // None overtakes one to the same destination.
      if (!taken[destination] && !node.isSending(destination)) {
        i.remove();
        ready.add(entry);
        taken[destination] = entry.message.data().length() > J1939Transport.FRAME_MAX;
      } else {
        taken[destination] = true;
      }
    }
    for (Entry entry : ready) {
      send(entry, now);
    }
  }

  private void send(Entry entry, long now) {
    // Equal messages are two.
    J1939Message given = entry.message;
    J1939Message message =
        promises.containsKey(given)
            ? new J1939Message(
                given.priority(), given.pgn(), given.destination(), given.source(), given.data())
            : given;
    promises.put(message, entry.promise);
    try {
      node.send(message, now);
    } catch (IllegalArgumentException | IllegalStateException e) {
      promises.remove(message);
      if (entry.promise != null) {
        entry.promise.tryFailure(e);
      } else {
        context().fireExceptionCaught(e);
      }
    }
    context().uncountPending(entry.pending);
  }

  @Override
  void fail(ChannelHandlerContext ctx, ClosedChannelException closed) {
    for (Promise<Void> promise : promises.values()) {
      if (promise != null) {
        promise.tryFailure(closed);
      }
    }
    promises.clear();
    for (Entry entry : List.copyOf(waiting)) {
      ctx.uncountPending(entry.pending);
      if (entry.promise != null) {
        entry.promise.tryFailure(closed);
      }
    }
    waiting.clear();
  }
}
