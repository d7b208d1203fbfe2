package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.Channel;
import io.gatun.channel.ChannelEvent;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.error.ClosedException;
import io.gatun.handler.Tls;
import io.gatun.handler.TlsHandler;
import io.gatun.handler.TlsHandshake;
import io.gatun.socket.Socket;
import io.netty.buffer.ByteBuf;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** When TLS reads, what it makes of a write, and how it ends: with peers that make it hard. */
@OnEachTransport
public final class TlsFlowTest extends TlsLab {
  /** A record of the handshake that holds nothing. */
  private static final byte[] EMPTY_RECORD = {22, 3, 1, 0, 0};

  private static final byte[] CLOSE_NOTIFY = {21, 3, 3, 0, 2, 1, 0};
  private static final byte[] USER_CANCELED = {21, 3, 3, 0, 2, 1, 90};

  TlsFlowTest(Lane lane) throws IOException {
    super(lane);
  }

  /** Stands before TLS, and keeps what is written from being sent, but for the first flushes. */
  private static final class Dam implements ChannelHandler {
    private int open;

    Dam(int open) {
      this.open = open;
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
      if (open > 0) {
        open--;
        ctx.flush();
      }
    }

    /** Lets go what has gathered. */
    void open(Channel channel) throws Exception {
      on(
          channel,
          () -> {
            open = Integer.MAX_VALUE;
            Objects.requireNonNull(channel.pipeline().context(this)).flush();
            return null;
          });
    }

    void close(Channel channel) throws Exception {
      on(channel, () -> open = 0);
    }
  }

  /** Answers, when all was read, with as many bytes. */
  private static final class Answer implements ChannelHandler {
    private int length;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      length += ((ByteBuf) message).readableBytes();
      ((ByteBuf) message).release();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      if (length > 0) {
        ctx.writeAndFlush(ctx.alloc().directBuffer(length).writeZero(length), null);
        length = 0;
      }
    }
  }

  // Writing

  @Test
  void aWriteThatIsCancelledBeforeTheFlushIsNotSent() throws Exception {
    listen(serverTls(), false);
    Channel channel = connect(clientTls(), false);
    shaken(client);
    shaken(server);
    boolean cancelled =
        on(
            channel,
            () -> {
              channel.write(buffer(new byte[] {1}), null);
              Future<Void> second = channel.write(buffer(new byte[] {2}));
              channel.write(buffer(new byte[] {3}), null);
              boolean done = second.cancel(false);
              channel.flush();
              return done;
            });
    assertTrue(cancelled);
    assertArrayEquals(new byte[] {1, 3}, server.bytes(2));
  }

  @Test
  void aWriteThatIsEncryptedCannotBeCancelled() throws Exception {
    Dam dam = new Dam(Integer.MAX_VALUE);
    listen(serverTls(), false);
    Channel channel = connect(client(dam, clientTls().handler(), client));
    shaken(client);
    shaken(server);
    dam.close(channel);
    channel.writeAndFlush(buffer(new byte[] {1}), null);
    Future<Void> second = channel.writeAndFlush(buffer(new byte[] {2}));
    rounds(channel.eventLoop());
    assertFalse(second.cancel(false));
    channel.writeAndFlush(buffer(new byte[] {3}), null);
    dam.open(channel);
    assertArrayEquals(new byte[] {1, 2, 3}, server.bytes(3));
    await(second);
  }

  @Test
  void manyEmptyMessagesAreSentWithTheNext() throws Exception {
    listen(serverTls(), false);
    Channel channel = connect(clientTls(), false);
    shaken(client);
    shaken(server);
    Future<Void> last =
        on(
            channel,
            () -> {
              for (int i = 0; i < 100; i++) {
                channel.write(buffer(new byte[0]), null);
              }
              return channel.writeAndFlush(buffer(new byte[] {1}));
            });
    await(last);
    assertArrayEquals(new byte[] {1}, server.bytes(1));
  }

  @Test
  void aReleasedBufferIsRefusedAndTheOthersAreSent() throws Exception {
    listen(serverTls(), false);
    Channel channel = connect(clientTls(), false);
    shaken(client);
    shaken(server);
    ByteBuf released = buffer(new byte[] {2});
    released.release();
    channel.write(buffer(new byte[] {1}), null);
    Future<Void> refused = channel.write(released);
    Future<Void> third = channel.writeAndFlush(buffer(new byte[] {3}));
    failure(IllegalReferenceCountException.class, refused);
    await(third);
    assertArrayEquals(new byte[] {1, 3}, server.bytes(2));
  }

  @Test
  void aBufferThatIsReleasedAfterItWasWrittenEndsTheConnection() throws Exception {
    listen(serverTls(), false);
    Channel channel = connect(clientTls(), false);
    shaken(client);
    Future<Void> written =
        on(
            channel,
            () -> {
              ByteBuf buffer = buffer(new byte[] {1});
              Future<Void> future = channel.write(buffer);
              buffer.release();
              channel.flush();
              return future;
            });
    failure(SSLException.class, written);
    expectOneLine(client, "released after it was written");
    awaitClosed(channel);
    client.expectEnd();
  }

  // Reading

  @Test
  void nothingIsReadForAHandlerThatHasEndedAutoReadAtARoundsEnd() throws Exception {
    ChannelHandler ending =
        new ChannelHandler() {
          private boolean shaken;

          @Override
          public void userEvent(ChannelHandlerContext ctx, Object event) {
            shaken |= event instanceof TlsHandshake;
            ctx.fireUserEvent(event);
          }

          @Override
          public void channelReadComplete(ChannelHandlerContext ctx) throws IOException {
            if (shaken) {
              ctx.channel().setOption(ChannelOption.AUTO_READ, false);
            }
          }
        };
    listen(serverTls(), false);
    Channel channel = connect(client(clientTls().handler(), ending, client));
    shaken(client);
    shaken(server);
    await(accepted().writeAndFlush(buffer(Data.of(10))));
    rounds(channel.eventLoop());
    client.expectNothing();
    channel.read(); // the tickets, and then what comes
    assertArrayEquals(Data.of(10), client.bytes(10));
  }

  @Test
  void aPeerThatAsksForNewKeysAgainAndAgainAndTakesNoneIsRefused() throws Exception {
    Dam dam = new Dam(Integer.MAX_VALUE);
    Captured captured = new Captured(context());
    listen(server(), () -> new ChannelHandler[] {dam, serverTls().handler(), server});
    Channel channel = connect(client(Tls.client(captured, "localhost", 1).handler(), client));
    shaken(client);
    shaken(server);
    Channel other = accepted();
    dam.close(other);
    int most = 100;
    for (int i = 0; i < most; i++) { // who takes what he asked for may ask for more
      updateKeys(channel, captured);
    }
    channel.writeAndFlush(buffer(new byte[] {1}), null);
    server.bytes(1);
    other.writeAndFlush(buffer(Data.of(100_000)), null);
    rounds(other.eventLoop());
    assertFalse(other.isWritable());
    for (int i = 0; i < most; i++) {
      updateKeys(channel, captured);
    }
    expectOneLine(server, "takes none");
    server.expectEnd();
  }

  private static void updateKeys(Channel channel, Captured captured) throws Exception {
    on(
        channel,
        () -> {
          SSLEngine engine = captured.engine();
          if (!engine.isOutboundDone()) {
            engine.beginHandshake(); // asks for new keys, once there are some
            channel.flush();
          }
          return null;
        });
  }

  /** Lets a client send the end of its handshake and a message at once. */
  private Channel connectAndSendAtOnce(Dam dam, byte[] message) throws Exception {
    Channel channel = connect(client(dam, clientTls().handler(), client));
    shaken(client);
    channel.writeAndFlush(buffer(message), null);
    dam.open(channel);
    return channel;
  }

  @Test
  void whatCameWhileTheHandshakeComputedElsewhereIsAnsweredAtItsRoundsEnd() throws Exception {
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      Tls tls =
          serverTls().executor(executor).parameters(settings -> settings.setNeedClientAuth(true));
      listen(server(), () -> new ChannelHandler[] {tls.handler(), new Answer()});
      connectAndSendAtOnce(new Dam(1), Data.of(10)); // the flush of the first message
      assertArrayEquals(new byte[10], client.bytes(10));
    }
  }

  @Test
  void withAutoReadOffTheHandshakeReadsNoMoreThanItNeeds() throws Exception {
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      Tls tls =
          serverTls().executor(executor).parameters(settings -> settings.setNeedClientAuth(true));
      listen(
          server().childOption(ChannelOption.AUTO_READ, false),
          () -> new ChannelHandler[] {tls.handler(), server});
      Channel channel = connectAndSendAtOnce(new Dam(1), Data.of(10));
      shaken(server);
      assertArrayEquals(Data.of(10), server.bytes(10));
      await(channel.writeAndFlush(buffer(Data.of(20))));
      Channel other = accepted();
      rounds(other.eventLoop());
      server.expectNothing();
      other.read();
      assertArrayEquals(Data.of(20), server.bytes(20));
    }
  }

  // A client's first message

  private Socket connectToNames() throws Exception {
    listen(Tls.server(name -> context()), false);
    return connect(local(Objects.requireNonNull(listener)));
  }

  @Test
  void emptyRecordsBeforeAClientsFirstMessageAreRefused() throws Exception {
    Socket peer = connectToNames();
    peer.sendAll(EMPTY_RECORD);
    server.expect(Recorder.Event.ACTIVE);
    expectOneLine(server, "its first message is no handshake");
    server.expectEnd();
  }

  @Test
  void aClientsFirstMessageInVeryManyRecordsIsRefused() throws Exception {
    Socket peer = connectToNames();
    byte[] hello = {1, 0, 0x40, 0};
    byte[] records = new byte[65 * 6];
    for (int i = 0; i < records.length / 6; i++) {
      byte next = i < hello.length ? hello[i] : 3;
      System.arraycopy(new byte[] {22, 3, 1, 0, 1, next}, 0, records, 6 * i, 6);
    }
    peer.sendAll(records);
    server.expect(Recorder.Event.ACTIVE);
    expectOneLine(server, "records");
    server.expectEnd();
  }

  @Test
  void aClientsFirstMessageMayComeInRecordsAndBytes() throws Exception {
    Tls asking = Tls.client(context(), "named.test", 443);
    byte[] hello;
    try (Socket silent = listener()) {
      Channel channel = await(client(asking.handler()).connect(silent.getSockName()));
      Socket peer = accept(silent);
      byte[] header = receive(peer, 5);
      hello = receive(peer, (header[3] & 0xff) << 8 | (header[4] & 0xff));
      channel.close();
    }
    BlockingQueue<String> names = new LinkedBlockingQueue<>();
    listen(
        Tls.server(name -> {
          names.add(name);
          return context();
        }),
        false);
    Socket peer = connect(local(Objects.requireNonNull(listener)));
    for (int at = 0; at < hello.length; at += 50) {
      int length = Math.min(50, hello.length - at);
      peer.sendAll(new byte[] {22, 3, 1, 0, (byte) length});
      for (int i = 0; i < length; i++) {
        peer.sendAll(new byte[] {hello[at + i]});
      }
    }
    assertEquals("named.test", names.poll(Task.SECONDS, TimeUnit.SECONDS));
    assertTrue(peer.recv(1).length > 0); // the server's first message
  }

  // The end

  @Test
  void aRequestThatComesWithTheEndIsAnswered() throws Exception {
    listen(server(), () -> new ChannelHandler[] {serverTls().handler(), new Answer()});
    Dam dam = new Dam(Integer.MAX_VALUE);
    Channel channel =
        connect(
            client(dam, clientTls().handler(), client)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true));
    shaken(client);
    dam.close(channel);
    channel.writeAndFlush(buffer(Data.of(10)), null);
    channel.shutdownOutput(); // which flushes both
    client.expect(ChannelEvent.OUTPUT_SHUTDOWN);
    assertArrayEquals(new byte[10], client.bytes(10));
    client.expect(ChannelEvent.INPUT_SHUTDOWN);
    client.expectEnd();
  }

  @Test
  void halfClosureMayBeAllowedOnceTlsIsThere() throws Exception {
    listen(serverTls(), false);
    Channel channel = connect(clientTls(), true);
    shaken(client);
    shaken(server);
    Channel other = accepted();
    assertFalse(other.getOption(ChannelOption.ALLOW_HALF_CLOSURE));
    on(
        other,
        () -> {
          other.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
          return null;
        });
    await(channel.shutdownOutput());
    server.expect(ChannelEvent.INPUT_SHUTDOWN);
    other.writeAndFlush(buffer(Data.of(10)), null);
    client.expect(ChannelEvent.OUTPUT_SHUTDOWN);
    assertArrayEquals(Data.of(10), client.bytes(10));
  }

  @Test
  void aChannelWhoseTlsIsRemovedClosesAsBefore() throws Exception {
    listen(serverTls(), false);
    Socket peer = connect(local(Objects.requireNonNull(listener)));
    server.expect(Recorder.Event.ACTIVE);
    Channel channel = accepted();
    on(channel, () -> channel.pipeline().remove(TlsHandler.class));
    peer.close();
    server.expectEnd();
  }

  private void handshakeEnds(byte[]... records) throws Exception {
    try (Socket silent = listener()) {
      Channel channel = await(client(clientTls().handler(), client).connect(silent.getSockName()));
      Socket peer = accept(silent);
      for (byte[] record : records) {
        peer.sendAll(record);
      }
      client.expect(Recorder.Event.ACTIVE);
      assertInstanceOf(SSLException.class, client.next());
      awaitClosed(channel);
      client.expectEnd();
    }
  }

  @Test
  void aServerThatClosesInTheHandshakeFailsItAtOnce() throws Exception {
    handshakeEnds(CLOSE_NOTIFY);
  }

  @Test
  void aServerThatCancelsTheHandshakeFailsItAtOnce() throws Exception {
    handshakeEnds(USER_CANCELED, CLOSE_NOTIFY);
  }

  @Test
  void whoShutsDownTwiceHearsTwiceThatItFailed() throws Exception {
    try (Socket silent = listener()) {
      Channel channel = await(client(clientTls().handler(), client).connect(silent.getSockName()));
      Future<Void> first = channel.shutdownOutput(); // waits for the handshake
      Future<Void> second = channel.shutdownOutput();
      rounds(channel.eventLoop());
      channel.close();
      failure(ClosedException.class, first);
      failure(ClosedException.class, second);
    }
  }
}
