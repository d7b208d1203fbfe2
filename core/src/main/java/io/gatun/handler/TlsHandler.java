package io.gatun.handler;

import io.gatun.channel.ChannelEvent;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.error.ClosedException;
import io.gatun.os.Memory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Speaks TLS over a stream by the JDK's {@link SSLEngine}: the handlers behind it see plain text,
 * and {@link TlsHandshake} as a user event once the handshake is done. What is written before that
 * waits for it. Made by {@link Tls#handler}, for one channel.
 *
 * <p>Ending: {@link io.gatun.channel.Channel#shutdownOutput} sends close_notify and shuts the
 * sending half down; reading goes on. {@code close} sends it if all before it could be sent. The
 * peer's close_notify is the end of the stream: {@link ChannelEvent#INPUT_SHUTDOWN} with {@link
 * ChannelOption#ALLOW_HALF_CLOSURE}, else the channel closes when what was written is sent, {@code
 * channelReadComplete}'s answers included. In TLS 1.2 one half's end is the other's too (RFC 5246,
 * 7.2.1). An end without close_notify is an {@link SSLException}: somebody may have cut the stream.
 * A failure tells the peer by an alert, is passed on as an exception, and closes the channel. A
 * peer that would renegotiate (TLS 1.2) is refused.
 */
public final class TlsHandler implements ChannelHandler {
  /** RFC 8446, 5.1: bytes of plain text in a record. */
  private static final int RECORD = 16 * 1024;

  /** RFC 5246, 6.2.3: what encryption may add, and the header. */
  private static final int LONGEST_RECORD = ClientHello.RECORD_HEADER + RECORD + 2048;

  /**
   * What the peer may have the engine answer while it takes nothing: RFC 8446, 4.6.3, lets it ask
   * for new keys as often as it likes.
   */
  private static final int MOST_ANSWERS = 64;

  /** RFC 8446, 6.2, and RFC 6066, 3: a fatal alert, unrecognized_name(112). */
  private static final byte[] UNRECOGNIZED_NAME = {21, 3, 3, 0, 2, 2, 112};

  private static final ByteBuffer[] NOTHING = {};
  private static final ByteBuffer NO_ROOM = ByteBuffer.allocate(0);

  private final Tls tls;
  private final TlsQueue queue = new TlsQueue();
  private @Nullable SSLEngine engine;

  /** Until there is an engine, if that depends on it. */
  private @Nullable ClientHello hello;

  private @Nullable ByteBuf in;
  private @Nullable Promise<SSLSession> handshake;
  private @Nullable Future<?> timer;
  private boolean started;
  private boolean handshaked;

  /** Keeps what the handlers do from going round within itself. */
  private boolean pumping;

  /** A record is being made or taken apart: not the time to make another. */
  private boolean inEngine;

  /** The executor computes. */
  private boolean tasking;

  private boolean readHeldBack;

  /**
   * With {@link ChannelOption#AUTO_READ} off: a read was asked for, and nothing passed on since.
   */
  private boolean readWanted;

  /** Something was passed on, and not yet that it was all for now. */
  private boolean passedOn;

  /** Of the engine's own since the channel was writable last. */
  private int answers;

  private boolean wroteOut;
  private boolean shutdownWanted;
  private @Nullable Promise<Void> shutdownPromise;

  /** The sending half is being shut down. */
  private @Nullable Promise<Void> shuttingDown;

  private boolean closeSent;
  private boolean closeReceived;

  /** The handlers know that {@link #closeReceived}, or this side closes for it. */
  private boolean endTold;

  /** What {@link ChannelOption#ALLOW_HALF_CLOSURE} was by then. */
  private boolean halfClosure;

  /** Nothing more is done: it failed, or this side has closed. */
  private boolean ended;

  TlsHandler(Tls tls) {
    this.tls = tls;
    this.hello = tls.asksForName() ? new ClientHello() : null;
  }

  /**
   * Returns the future of the handshake, with the session: the peer's certificates, the version.
   * There is one once the handler is in a pipeline.
   */
  public Future<SSLSession> handshake() {
    return Objects.requireNonNull(handshake, "the handler is in no pipeline yet");
  }

  /** Returns the protocol that ALPN has chosen; empty before the handshake and without. */
  public String protocol() {
    SSLEngine engine = this.engine;
    String protocol = engine == null ? null : engine.getApplicationProtocol();
    return protocol == null ? "" : protocol;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    handshake = ctx.eventLoop().newPromise();
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
    if (started) {
      return;
    }
    started = true;
    long nanos = IdleHandler.nanos(tls.handshakeTimeout());
    if (nanos > 0) {
      timer =
          ctx.eventLoop()
              .schedule(
                  () ->
                      fail(ctx, new SSLException("no handshake within " + nanos / 1000000 + " ms")),
                  nanos,
                  TimeUnit.NANOSECONDS);
    }
    pump(ctx);
    if (!ended) {
      ctx.read(); // the handshake reads, whatever the handlers want
    }
  }

  /** Returns whether there is an engine by now. */
  private boolean open(ChannelHandlerContext ctx) throws SSLException {
    if (engine != null) {
      return true;
    }
    String name = "";
    if (hello != null) {
      name = in == null ? null : hello.serverName(in);
      if (name == null) {
        return false;
      }
      hello = null;
    }
    SSLEngine engine = tls.engine(name);
    if (engine == null) {
      ctx.writeAndFlush(Unpooled.wrappedBuffer(UNRECOGNIZED_NAME), null);
      throw new SSLException(
          "no certificate for " + (name.isEmpty() ? "a client without SNI" : name));
    }
    this.engine = engine;
    engine.beginHandshake();
    return true;
  }

  /** Does all that can be done now. */
  private void pump(ChannelHandlerContext ctx) {
    if (pumping || tasking || ended || !started) {
      return;
    }
    pumping = true;
    try {
      SSLEngine engine;
      do {
        if (!open(ctx)) {
          return;
        }
        engine = Objects.requireNonNull(this.engine);
      } while (step(ctx, engine) && !ended && !tasking);
      if (handshaked && !tasking && !ended) {
        shutDown(ctx, engine);
        closeIfDone(ctx);
      }
    } catch (SSLException | RuntimeException e) {
      fail(ctx, e);
    } finally {
      pumping = false;
      if (wroteOut) {
        wroteOut = false;
        ctx.flush();
      }
    }
  }

  /** Returns whether something was done, after which more may be possible. */
  private boolean step(ChannelHandlerContext ctx, SSLEngine engine) throws SSLException {
    HandshakeStatus status = engine.getHandshakeStatus();
    boolean shaking =
        status == HandshakeStatus.NEED_TASK
            || status == HandshakeStatus.NEED_WRAP
            || status == HandshakeStatus.NEED_UNWRAP;
    if (shaking
        && handshaked
        && !closeSent
        && !closeReceived
        && !engine.getSession().getProtocol().equals("TLSv1.3")) {
      throw new SSLException("renegotiation refused");
    }
    return switch (status) {
      case NEED_TASK -> runTasks(ctx, engine);
      case NEED_WRAP -> wrap(ctx, engine);
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrap(ctx, engine);
      default -> {
        boolean came = unwrap(ctx, engine);
        yield wrap(ctx, engine) || came;
      }
    };
  }

  private boolean runTasks(ChannelHandlerContext ctx, SSLEngine engine) throws SSLException {
    Executor executor = tls.executor();
    if (executor == null) {
      runTasks(engine);
      return true;
    }
    tasking = true;
    try {
      executor.execute(() -> {
        runTasks(engine);
        ctx.eventLoop().execute(() -> tasksDone(ctx));
      });
    } catch (RejectedExecutionException e) {
      tasking = false;
      throw new SSLException("the executor takes no handshake", e);
    }
    return false;
  }

  private static void runTasks(SSLEngine engine) {
    for (Runnable task; (task = engine.getDelegatedTask()) != null; ) {
      task.run(); // what it throws, the engine's next call does
    }
  }

  private void tasksDone(ChannelHandlerContext ctx) {
    tasking = false;
    pump(ctx);
    if (passedOn) {
      completeRound(ctx); // the one it came with was over before
    } else {
      tellEnd(ctx);
    }
    if (readHeldBack && !tasking) {
      readHeldBack = false;
      if (wantsMore() || isSet(ctx, ChannelOption.AUTO_READ)) {
        ctx.read();
      }
    }
  }

  private static boolean isSet(ChannelHandlerContext ctx, ChannelOption<Boolean> option) {
    try {
      return ctx.channel().isOpen() && ctx.channel().getOption(option);
    } catch (IOException e) { // closed in between
      return false;
    }
  }

  // What comes

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf more)) {
      ctx.fireChannelRead(message);
    } else if (ended || closeReceived) {
      more.release();
    } else {
      in = in == null ? more : ByteDecoder.append(ctx, in, more);
      pump(ctx);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    completeRound(ctx);
    if (wantsMore() && ctx.channel().isOpen()) {
      readOn(ctx); // what came was no message yet
    }
  }

  private void completeRound(ChannelHandlerContext ctx) {
    passedOn = false;
    ctx.fireChannelReadComplete();
    tellEnd(ctx); // now that what came before it is answered
  }

  /** Whether the handshake, or a handler by its read, waits for more than has come. */
  private boolean wantsMore() {
    return !ended && !closeReceived && (!handshaked || readWanted);
  }

  @Override
  public void read(ChannelHandlerContext ctx) {
    readWanted = !isSet(ctx, ChannelOption.AUTO_READ);
    readOn(ctx);
  }

  private void readOn(ChannelHandlerContext ctx) {
    if (tasking) {
      readHeldBack = true; // nobody takes what would come
    } else {
      ctx.read();
    }
  }

  /** Decrypts the whole records that are there into one buffer. */
  private boolean unwrap(ChannelHandlerContext ctx, SSLEngine engine) throws SSLException {
    ByteBuf records = in;
    if (records == null || closeReceived) {
      return false;
    }
    boolean progress = false;
    ByteBuf out = null;
    inEngine = true;
    try {
      boolean more = true;
      while (more && !ended && isWhole(records)) {
        if (out == null && handshaked) {
          out = ctx.alloc().directBuffer(records.readableBytes()); // plain text is shorter
        }
        ByteBuffer room =
            out == null ? NO_ROOM : out.internalNioBuffer(out.writerIndex(), out.writableBytes());
        SSLEngineResult result = engine.unwrap(TlsQueue.nio(records), room);
        records.skipBytes(result.bytesConsumed());
        if (out != null) {
          out.writerIndex(out.writerIndex() + result.bytesProduced());
        }
        progress |= result.bytesConsumed() > 0;
        HandshakeStatus status = result.getHandshakeStatus();
        more =
            switch (result.getStatus()) {
              case BUFFER_UNDERFLOW -> false;
              case BUFFER_OVERFLOW -> {
                if (out != null) {
                  throw new SSLException("a record is longer than its plain text can be");
                }
                out = ctx.alloc().directBuffer(records.readableBytes());
                yield true;
              }
              case CLOSED -> {
                closeReceived = true;
                yield false;
              }
              case OK ->
                  status != HandshakeStatus.NEED_TASK
                      && status != HandshakeStatus.NEED_WRAP
                      && status != HandshakeStatus.FINISHED;
            };
        closeReceived |= engine.isInboundDone();
        finishIfDone(ctx, engine, status);
      }
    } finally {
      inEngine = false;
      if (!records.isReadable() || closeReceived || ended) {
        in = null;
        records.release();
      }
      if (out != null && out.isReadable()) {
        readWanted = false;
        passedOn = true;
        ctx.fireChannelRead(out);
      } else if (out != null) {
        out.release();
      }
    }
    if (closeReceived && !handshaked) {
      throw new SSLException("the peer has broken it off");
    }
    return progress;
  }

  private static boolean isWhole(ByteBuf records) throws SSLException {
    if (records.readableBytes() < ClientHello.RECORD_HEADER) {
      return false;
    }
    int length =
        ClientHello.RECORD_HEADER
            + records.getUnsignedShort(records.readerIndex() + ClientHello.RECORD_HEADER - 2);
    int type = records.getUnsignedByte(records.readerIndex());
    if (type < 20 || type > 24 || length > LONGEST_RECORD) { // RFC 8446, B.1; RFC 6520
      throw new SSLException("not a TLS record");
    }
    return records.readableBytes() >= length;
  }

  private void finishIfDone(ChannelHandlerContext ctx, SSLEngine engine, HandshakeStatus status) {
    if (status == HandshakeStatus.FINISHED && !handshaked) {
      handshaked = true;
      stopTimer();
      SSLSession session = engine.getSession();
      if (handshake != null) {
        handshake.trySuccess(session);
      }
      ctx.fireUserEvent(new TlsHandshake(session, protocol()));
    }
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  /** Tells of the peer's close_notify, if it has come. */
  private void tellEnd(ChannelHandlerContext ctx) {
    if (!closeReceived || endTold || ended || !ctx.channel().isOpen()) {
      return;
    }
    endTold = true;
    halfClosure = isSet(ctx, ChannelOption.ALLOW_HALF_CLOSURE);
    if (halfClosure) {
      ctx.fireUserEvent(ChannelEvent.INPUT_SHUTDOWN);
    } else {
      shutdownWanted = true; // answers; see shutDown
    }
    pump(ctx);
  }

  @Override
  public void userEvent(ChannelHandlerContext ctx, Object event) {
    if (event != ChannelEvent.INPUT_SHUTDOWN) {
      ctx.fireUserEvent(event);
    } else if (closeReceived) {
      tellEnd(ctx); // who passes on bytes outside of a round tells of no round's end
    } else {
      cut(ctx);
    }
  }

  /** The stream has ended without close_notify. */
  private void cut(ChannelHandlerContext ctx) {
    if (!ended) {
      fail(ctx, new SSLException("the peer ended the connection without close_notify"));
    }
  }

  // What goes

  @Override
  public void write(ChannelHandlerContext ctx, Object message, @Nullable Promise<Void> promise) {
    Throwable cause;
    if (!(message instanceof ByteBuf bytes)) {
      cause =
          new UnsupportedOperationException(
              "TLS encrypts ByteBuf, not " + message.getClass().getName());
    } else if (ended || closeSent || shutdownWanted) {
      cause = new ClosedException("write");
    } else if (bytes.refCnt() == 0) {
      cause = new IllegalReferenceCountException("a released buffer was written");
    } else {
      queue.add(ctx, bytes, promise);
      if (handshaked && queue.bytes() >= RECORD) {
        pump(ctx); // so that no more than a record waits here
      }
      return;
    }
    if (ReferenceCountUtil.refCnt(message) != 0) {
      ReferenceCountUtil.release(message);
    }
    if (promise != null) {
      promise.tryFailure(cause);
    } else if (!(cause instanceof ClosedException)) {
      ctx.fireExceptionCaught(cause);
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    pump(ctx);
    ctx.flush();
  }

  /** Encrypts what waits, and makes what the handshake needs. */
  private boolean wrap(ChannelHandlerContext ctx, SSLEngine engine) throws SSLException {
    boolean progress = false;
    ByteBuf out = null;
    inEngine = true;
    try {
      boolean more = true;
      while (more && !closeSent) {
        int pieces = handshaked ? queue.gather(RECORD) : 0;
        boolean needed = engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
        if (queue.bytes() == 0 && !needed) {
          queue.took(ctx, 0); // messages that are empty
          break;
        }
        if (needed) {
          countAnswer(ctx);
        }
        int room = engine.getSession().getPacketBufferSize();
        if (out != null && out.writableBytes() < room) {
          emit(ctx, out);
          out = null;
        }
        if (out == null) {
          out = ctx.alloc().directBuffer(room);
        }
        ByteBuffer target = out.internalNioBuffer(out.writerIndex(), out.writableBytes());
        SSLEngineResult result =
            pieces == 0
                ? engine.wrap(NOTHING, target)
                : engine.wrap(queue.pieces(), 0, pieces, target);
        out.writerIndex(out.writerIndex() + result.bytesProduced());
        if (result.bytesConsumed() > 0) {
          queue.took(ctx, result.bytesConsumed());
        }
        boolean made = result.bytesProduced() > 0;
        progress |= made;
        HandshakeStatus status = result.getHandshakeStatus();
        closeSent |= engine.isOutboundDone();
        more =
            made
                && (status == HandshakeStatus.NEED_WRAP
                    || (handshaked && status == HandshakeStatus.NOT_HANDSHAKING));
        finishIfDone(ctx, engine, status);
        if (status == HandshakeStatus.FINISHED) {
          more = true; // for what has waited
        }
      }
    } finally {
      inEngine = false;
      if (out != null) {
        emit(ctx, out);
      } else if (queue.hasTaken()) {
        ctx.write(Unpooled.EMPTY_BUFFER, queue.promise(ctx));
      }
    }
    return progress;
  }

  private void countAnswer(ChannelHandlerContext ctx) throws SSLException {
    if (handshaked && !ctx.channel().isWritable() && ++answers > MOST_ANSWERS) {
      throw new SSLException("the peer asks for answers and takes none");
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      answers = 0;
    }
    ctx.fireChannelWritabilityChanged();
  }

  private void emit(ChannelHandlerContext ctx, ByteBuf out) {
    if (!out.isReadable()) {
      out.release();
      return;
    }
    wroteOut = true;
    ctx.write(fitting(ctx, out), queue.promise(ctx));
  }

  /**
   * The engine wants room for the longest record, and a buffer counts its capacity as pending: a
   * short record is copied to where it fits. (To change the buffer's capacity does the same, and
   * makes garbage.)
   */
  private static ByteBuf fitting(ChannelHandlerContext ctx, ByteBuf out) {
    int length = out.readableBytes();
    if (length >= out.capacity() / 2) {
      return out;
    }
    try {
      ByteBuf record = ctx.alloc().directBuffer(length);
      Memory.copy(out.memoryAddress() + out.readerIndex(), record.memoryAddress(), length);
      return record.writerIndex(length);
    } finally {
      out.release();
    }
  }

  // The end

  @Override
  public void shutdownOutput(ChannelHandlerContext ctx, @Nullable Promise<Void> promise) {
    if (ended) {
      ctx.shutdownOutput(promise);
      return;
    }
    shutdownWanted = true;
    if (shutdownPromise == null) {
      shutdownPromise = promise;
    } else if (promise != null) {
      shutdownPromise.addListener(done -> {
        if (done.isSuccess()) {
          promise.trySuccess(null);
        } else {
          promise.tryFailure(done.cause());
        }
      });
    }
    pump(ctx);
  }

  /** Sends close_notify if that was asked for, after all that was written before. */
  private void shutDown(ChannelHandlerContext ctx, SSLEngine engine) throws SSLException {
    if (!shutdownWanted || !queue.isEmpty()) {
      return;
    }
    shutdownWanted = false;
    engine.closeOutbound();
    wrap(ctx, engine);
    closeSent = true;
    if (!endTold || halfClosure || shutdownPromise != null) {
      shuttingDown = shutdownPromise == null ? ctx.newPromise() : shutdownPromise;
      shutdownPromise = null;
      ctx.shutdownOutput(shuttingDown);
    }
  }

  /** Both sides have said close_notify. */
  private void closeIfDone(ChannelHandlerContext ctx) {
    if (closeSent && endTold && !ended) {
      ended = true;
      release(ctx, new ClosedException("write"));
      if (shuttingDown != null) {
        shuttingDown.addListener(done -> ctx.close(null));
      } else {
        closeWhenSent(ctx);
      }
    }
  }

  private static void closeWhenSent(ChannelHandlerContext ctx) {
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> ctx.close(null));
  }

  @Override
  public void close(ChannelHandlerContext ctx, @Nullable Promise<Void> promise) {
    if (ctx.channel().isInputShutdown() && !closeReceived) {
      cut(ctx); // that is why the channel closes
    }
    SSLEngine engine = this.engine;
    if (engine != null && handshaked && !ended && !closeSent && !tasking && !inEngine) {
      ended = true;
      engine.closeOutbound();
      try {
        queue.fail(ctx, new ClosedException("write"));
        wrap(ctx, engine);
        ctx.flush();
      } catch (SSLException | RuntimeException e) {
        // It is closed without a word, then.
      }
    }
    ended = true;
    ctx.close(promise);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!closeReceived) {
      cut(ctx);
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ended = true;
    release(ctx, new ClosedException("write"));
    if (handshake != null) {
      handshake.tryFailure(new ClosedException("handshake"));
    }
  }

  private void fail(ChannelHandlerContext ctx, Exception cause) {
    if (ended) {
      return;
    }
    ended = true;
    SSLException told = describe(ctx, cause);
    sendAlert(ctx);
    release(ctx, told);
    if (handshake != null) {
      handshake.tryFailure(told);
    }
    ctx.fireExceptionCaught(told);
    ctx.close(null);
  }

  /** One line, with the peer. */
  private SSLException describe(ChannelHandlerContext ctx, Exception cause) {
    String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    String text =
        "TLS " + (handshaked ? "with " : "handshake with ") + ctx.channel().remoteAddress();
    return handshaked
        ? new SSLException(text + ": " + message, cause)
        : (SSLException) new SSLHandshakeException(text + ": " + message).initCause(cause);
  }

  /** What the engine has to say to the peer about its failure. */
  private void sendAlert(ChannelHandlerContext ctx) {
    SSLEngine engine = this.engine;
    if (engine == null || tasking || !ctx.channel().isActive()) {
      return;
    }
    try {
      engine.closeOutbound(); // where the failure is not the engine's, this is all it says
      while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        ByteBuf out = ctx.alloc().directBuffer(engine.getSession().getPacketBufferSize());
        int made =
            engine.wrap(NOTHING, out.internalNioBuffer(0, out.writableBytes())).bytesProduced();
        out.writerIndex(made);
        if (made == 0) {
          out.release();
          break;
        }
        ctx.write(out, null);
      }
      ctx.flush();
    } catch (SSLException | RuntimeException e) {
      // The peer will see the end.
    }
  }

  private void release(ChannelHandlerContext ctx, Throwable cause) {
    stopTimer();
    if (in != null && !inEngine) {
      in.release();
      in = null;
    }
    queue.fail(ctx, cause);
    if (shutdownPromise != null) {
      shutdownPromise.tryFailure(cause);
    }
  }
}
