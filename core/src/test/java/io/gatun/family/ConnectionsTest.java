package io.gatun.family;

import static io.gatun.socket.SocketConstants.VMADDR_CID_ANY;
import static io.gatun.socket.SocketConstants.VMADDR_CID_LOCAL;
import static io.gatun.socket.SocketConstants.VMADDR_PORT_ANY;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.BluetoothAddress.L2cap;
import io.gatun.address.BluetoothAddress.Rfcomm;
import io.gatun.address.Ipv4Address;
import io.gatun.address.Protocol;
import io.gatun.address.RawAddress;
import io.gatun.address.SocketType;
import io.gatun.address.TipcAddress;
import io.gatun.address.UnixAddress;
import io.gatun.address.VsockAddress;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelEvent;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.ServerBootstrap;
import io.gatun.channel.WaterMarks;
import io.gatun.error.ConnectionResetException;
import io.gatun.error.SocketError;
import io.gatun.os.Abi;
import io.gatun.socket.Socket;
import io.gatun.transport.Transport;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Channels over connections of each family, by the same classes as TCP's. */
@ParameterizedClass(name = "{0}")
@MethodSource("transports")
final class ConnectionsTest extends ChannelLab {
  private static final AtomicInteger COUNT = new AtomicInteger();

  /** What carries connections. */
  enum Kind {
    VSOCK("AF_VSOCK", "SOCK_STREAM", "") {
      @Override
      Address server() {
        Assumptions.assumeTrue(
            Files.exists(Path.of("/sys/module/vsock_loopback")), "its vsock has no loopback");
        return new VsockAddress(VMADDR_CID_ANY, VMADDR_PORT_ANY);
      }

      @Override
      Address target(Address bound) {
        return new VsockAddress(VMADDR_CID_LOCAL, ((VsockAddress) bound).port());
      }
    },
    VSOCK_MESSAGES("AF_VSOCK", "SOCK_SEQPACKET", "") {
      @Override
      Address server() throws Exception {
        return VSOCK.server();
      }

      @Override
      Address target(Address bound) {
        return VSOCK.target(bound);
      }
    },
    TIPC("AF_TIPC", "SOCK_STREAM", "") {
      @Override
      Address server() {
        return TipcAddress.range(4713, COUNT.incrementAndGet(), COUNT.get());
      }

      @Override
      Address target(Address bound) {
        return TipcAddress.name(4713, COUNT.get());
      }

      @Override
      boolean endsByHalves() {
        return false; // shutdown(2) takes SHUT_RDWR alone
      }
    },
    TIPC_MESSAGES("AF_TIPC", "SOCK_SEQPACKET", "") {
      @Override
      Address server() throws Exception {
        return TIPC.server();
      }

      @Override
      Address target(Address bound) {
        return TIPC.target(bound);
      }

      @Override
      boolean endsByHalves() {
        return false;
      }
    },
    UNIX_MESSAGES("AF_UNIX", "SOCK_SEQPACKET", "") {
      @Override
      Address server() {
        Assumptions.assumeTrue(Abi.HOST.has("AF_PACKET"), "abstract names are Linux's");
        return UnixAddress.abstractName(
            "gatun-family-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet());
      }
    },
    SCTP("AF_INET", "SOCK_STREAM", "IPPROTO_SCTP") {
      @Override
      Address server() {
        return Ipv4Address.loopback(0);
      }

      @Override
      boolean endsByHalves() {
        return false; // RFC 9260, section 9.2: both ends at once
      }
    },
    RFCOMM("AF_BLUETOOTH", "SOCK_STREAM", "BTPROTO_RFCOMM") {
      @Override
      Address server() throws Exception {
        Adapters.powerOn();
        return new Rfcomm(Adapters.OTHER, 1 + COUNT.incrementAndGet() % 30);
      }

      @Override
      Address client() {
        return new Rfcomm(Adapters.ONE, 0);
      }

      @Override
      boolean endsByHalves() {
        return false;
      }
    },
    L2CAP("AF_BLUETOOTH", "SOCK_SEQPACKET", "BTPROTO_L2CAP") {
      @Override
      Address server() throws Exception {
        Adapters.powerOn();
        return new L2cap(Adapters.OTHER, 0x1001 + 2 * COUNT.incrementAndGet());
      }

      @Override
      Address client() {
        return new L2cap(Adapters.ONE, 0);
      }

      @Override
      boolean endsByHalves() {
        return false;
      }
    };

    final String family;
    final String type;
    final String protocol;

    Kind(String family, String type, String protocol) {
      this.family = family;
      this.type = type;
      this.protocol = protocol;
    }

    /** An address to listen on. */
    abstract Address server() throws Exception;

    /** An address to connect to, where that is not what the listener says. */
    Address target(Address bound) {
      return bound;
    }

    /** The address to connect from, if it matters. */
    Address client() {
      return RawAddress.NONE;
    }

    /** Whether one half may end before the other. */
    boolean endsByHalves() {
      return true;
    }

    boolean isStream() {
      return type.equals("SOCK_STREAM");
    }

    /** How much a test sends: a slow link takes its time. */
    int bytes() {
      return family.equals("AF_BLUETOOTH") ? 5_000 : 60_000;
    }

    SocketType socketType() {
      return SocketType.of(type);
    }

    Protocol socketProtocol() {
      return protocol.isEmpty() ? Protocol.DEFAULT : new Protocol(Abi.HOST.value(protocol));
    }
  }

  /** How often one connects anew; see {@link #connect}. */
  private static final int RFCOMM_TRIES = 20;

  /** The largest message that all kinds take. */
  private static final int MESSAGE = 600;

  private final BlockingQueue<Channel> children = new LinkedBlockingQueue<>();

  ConnectionsTest(Transport transport) {
    super(transport);
  }

  private Channel listen(Kind kind, ChannelHandler handler, boolean autoRead) throws Exception {
    Families.open(kind.family, kind.type, kind.protocol).close(); // ends the test where it cannot
    return await(
        new ServerBootstrap(group)
            .type(kind.socketType(), kind.socketProtocol())
            .childOption(ChannelOption.ALLOCATOR, alloc)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.AUTO_READ, autoRead)
            .childHandler(child -> {
              child.pipeline().addLast(handler);
              children.add(child);
            })
            .bind(kind.server()));
  }

  private Bootstrap client(Kind kind, ChannelHandler handler) {
    return new Bootstrap(group)
        .type(kind.socketType(), kind.socketProtocol())
        .option(ChannelOption.ALLOCATOR, alloc)
        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .option(ChannelOption.WRITE_WATER_MARKS, new WaterMarks(1, 64 * 1024))
        .handler(channel -> channel.pipeline().addLast(handler));
  }

  private Future<Channel> start(Kind kind, Address target, ChannelHandler handler) {
    Bootstrap client = client(kind, handler);
    if (!kind.client().equals(RawAddress.NONE)) {
      client.localAddress(kind.client());
    }
    return client.connect(target);
  }

  private Channel connect(Kind kind, Channel listener, ChannelHandler handler) throws Exception {
    return connected(kind, () -> await(start(kind, kind.target(local(listener)), handler)));
  }

  private static <T> T connected(Kind kind, Callable<T> attempt) throws Exception {
    for (int left = RFCOMM_TRIES; ; left--) {
      try {
        return attempt.call();
      } catch (ExecutionException | ConnectionResetException e) {
        // All channels between two adapters share a session. The kernel ends it behind the last
        // one, that of the test before, and resets who connects at that moment.
        Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
        if (kind != Kind.RFCOMM || left == 0 || !(cause instanceof ConnectionResetException)) {
          throw e;
        }
      }
    }
  }

  /** A socket that blocks, connected to a listener. */
  private static Socket connect(Kind kind, Address target) throws Exception {
    return connected(
        kind,
        () -> {
          Socket socket = Families.open(kind.family, kind.type, kind.protocol);
          try {
            if (!kind.client().equals(RawAddress.NONE)) {
              socket.bind(kind.client());
            }
            socket.connect(target);
            return socket;
          } catch (IOException e) {
            socket.close();
            throw e;
          }
        });
  }

  private Channel child() throws InterruptedException {
    Channel child = children.poll(SECONDS, TimeUnit.SECONDS);
    return Objects.requireNonNull(child, "nobody was accepted");
  }

  /** What is sent, in pieces. */
  private static List<byte[]> pieces(Kind kind) {
    List<byte[]> pieces = new ArrayList<>();
    for (int left = kind.bytes(); left > 0; left -= pieces.getLast().length) {
      pieces.add(data(Math.min(left, 1 + left % MESSAGE)));
    }
    return pieces;
  }

  private void send(Channel channel, List<byte[]> pieces) {
    for (byte[] piece : pieces) {
      channel.write(buffer(piece), null);
    }
    channel.flush();
  }

  /** Messages have their bounds; a stream has none. */
  private static void assertReceived(Kind kind, List<byte[]> pieces, Recorder recorder)
      throws Exception {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    for (byte[] piece : pieces) {
      if (kind.isStream()) {
        sent.writeBytes(piece);
      } else {
        assertArrayEquals(piece, recorder.letter().bytes());
      }
    }
    while (received.size() < sent.size()) {
      received.writeBytes(assertInstanceOf(byte[].class, recorder.next()));
    }
    assertArrayEquals(sent.toByteArray(), received.toByteArray());
  }

  private static final class Echo implements ChannelHandler {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.write(message, null);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }
  }

  @ParameterizedTest
  @EnumSource
  void dataGoThereAndBackInWholeAndInOrder(Kind kind) throws Exception {
    Recorder recorder = new Recorder();
    Channel listener = listen(kind, new Echo(), true);
    Channel channel = connect(kind, listener, recorder);
    recorder.expect(Recorder.ACTIVE);
    List<byte[]> pieces = pieces(kind);
    send(channel, pieces);
    assertReceived(kind, pieces, recorder);
    assertEquals(List.of(), new ArrayList<>(recorder.events));
    assertEquals(kind.target(local(listener)), channel.remoteAddress());
    assertEquals(local(listener).family(), local(child()).family());
  }

  /** The bootstraps are not told the protocol: it is the sockets' own. */
  @ParameterizedTest
  @EnumSource
  void socketsThatSomebodyElseHasOpenedCarryDataAsTheBootstrapsOwn(Kind kind) throws Exception {
    Socket bound = Families.open(kind.family, kind.type, kind.protocol);
    bound.bind(kind.server());
    Channel listener =
        await(
            new ServerBootstrap(group)
                .type(kind.socketType(), Protocol.DEFAULT)
                .childOption(ChannelOption.ALLOCATOR, alloc)
                .childHandler(child -> child.pipeline().addLast(new Echo()))
                .adopt(bound.detach()));
    Recorder recorder = new Recorder();
    Socket socket = connect(kind, kind.target(local(listener)));
    Channel channel =
        await(
            client(kind, recorder)
                .type(kind.socketType(), Protocol.DEFAULT)
                .adopt(socket.detach()));
    recorder.expect(Recorder.ACTIVE);
    assertEquals(kind.target(local(listener)).family(), local(channel).family());
    List<byte[]> pieces = pieces(kind);
    send(channel, pieces);
    assertReceived(kind, pieces, recorder);
  }

  /** No event follows those that came before: a short read must not be taken for the last. */
  @ParameterizedTest
  @EnumSource
  void whatCameBeforeASocketWasAdoptedIsReadInFull(Kind kind) throws Exception {
    Assumptions.assumeTrue(
        !kind.family.equals("AF_TIPC"), "a socket of TIPC is connected once it is accepted");
    try (Socket listener = Families.open(kind.family, kind.type, kind.protocol)) {
      listener.bind(kind.server());
      listener.listen();
      Socket socket = connect(kind, kind.target(listener.getSockName()));
      try (Socket peer = listener.accept()) {
        List<byte[]> pieces = List.of(data(MESSAGE), data(MESSAGE / 2), data(1));
        for (byte[] piece : pieces) {
          peer.sendAll(piece);
        }
        Recorder recorder = new Recorder();
        Bootstrap bootstrap = client(kind, recorder).type(kind.socketType(), Protocol.DEFAULT);
        Channel channel = await(bootstrap.adopt(socket.detach()));
        recorder.expect(Recorder.ACTIVE);
        assertReceived(kind, pieces, recorder);
        await(channel.close());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aChannelThatClosesIsTheEndOfTheOther(Kind kind) throws Exception {
    Recorder accepted = new Recorder();
    Recorder recorder = new Recorder();
    Channel channel = connect(kind, listen(kind, accepted, true), recorder);
    accepted.expect(Recorder.ACTIVE);
    List<byte[]> pieces = pieces(kind);
    send(channel, pieces);
    assertReceived(kind, pieces, accepted);
    await(channel.close());
    Object end = accepted.next();
    if (kind.endsByHalves() || end == ChannelEvent.INPUT_SHUTDOWN) {
      assertEquals(ChannelEvent.INPUT_SHUTDOWN, end);
      child().close();
    } else {
      assertInstanceOf(ConnectionResetException.class, end); // as TIPC and Bluetooth tell it
    }
    accepted.expect(Recorder.INACTIVE);
  }

  @ParameterizedTest
  @EnumSource
  void oneHalfEndsAndTheOtherGoesOn(Kind kind) throws Exception {
    Assumptions.assumeTrue(kind.endsByHalves(), kind + " ends both halves at once");
    Recorder accepted = new Recorder();
    Recorder recorder = new Recorder();
    Channel channel = connect(kind, listen(kind, accepted, true), recorder);
    accepted.expect(Recorder.ACTIVE);
    recorder.expect(Recorder.ACTIVE);
    List<byte[]> pieces = pieces(kind);
    send(channel, pieces);
    await(channel.shutdownOutput());
    recorder.expect(ChannelEvent.OUTPUT_SHUTDOWN);
    assertReceived(kind, pieces, accepted);
    accepted.expect(ChannelEvent.INPUT_SHUTDOWN);
    Channel child = child();
    send(child, pieces);
    await(child.shutdownOutput());
    assertReceived(kind, pieces, recorder);
    recorder.expect(Recorder.INACTIVE);
  }

  @ParameterizedTest
  @EnumSource
  void aPeerThatDoesNotReadHoldsTheWriterBackAndLosesNothing(Kind kind) throws Exception {
    Assumptions.assumeTrue(kind != Kind.L2CAP, "L2CAP drops what its receiver has no room for");
    Assumptions.assumeTrue(
        kind != Kind.VSOCK_MESSAGES, "the kernel sends a part of a message and says EAGAIN");
    Recorder accepted = new Recorder();
    Channel channel = connect(kind, listen(kind, accepted, false), new Recorder());
    accepted.expect(Recorder.ACTIVE);
    List<byte[]> pieces = new ArrayList<>();
    while (pieces.size() < 3_000) {
      pieces.addAll(pieces(kind));
    }
    send(channel, pieces);
    await(channel.eventLoop().submit(() -> {}));
    boolean heldBack = !channel.isWritable();
    child().setOption(ChannelOption.AUTO_READ, true);
    assertReceived(kind, pieces, accepted);
    assertTrue(heldBack, "the kernel took all at once");
    await(channel.eventLoop().submit(() -> {}));
    assertTrue(channel.isWritable());
    assertEquals(0, channel.pendingBytes());
  }

  @ParameterizedTest
  @EnumSource
  void connectingToNobodyFailsWithTheAddress(Kind kind) throws Exception {
    Channel listener = listen(kind, new Echo(), true);
    Address target = kind.target(local(listener));
    await(listener.close());
    Recorder recorder = new Recorder();
    Future<Channel> connected = start(kind, target, recorder);
    assertTrue(connected.await(SECONDS, TimeUnit.SECONDS), "neither connected nor failed");
    assertInstanceOf(SocketError.class, connected.cause());
    String message = String.valueOf(connected.cause().getMessage());
    assertTrue(message.startsWith("connect " + target + ": E"), message);
    assertEquals(List.of(), new ArrayList<>(recorder.events));
  }
}
