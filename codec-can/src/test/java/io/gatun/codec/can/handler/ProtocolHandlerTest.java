package io.gatun.codec.can.handler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatun.channel.Channel;
import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanId;
import io.gatun.codec.can.Frames;
import io.gatun.codec.can.channel.BusLab;
import io.gatun.codec.can.channel.CanFrameHandler;
import io.gatun.codec.can.channel.VirtualBus;
import io.gatun.codec.can.isotp.IsoTpAddress;
import io.gatun.codec.can.isotp.IsoTpError;
import io.gatun.codec.can.isotp.IsoTpOptions;
import io.gatun.codec.can.j1939.J1939Error;
import io.gatun.codec.can.j1939.J1939Id;
import io.gatun.codec.can.j1939.J1939Message;
import io.gatun.codec.can.j1939.J1939Name;
import io.gatun.codec.can.j1939.J1939Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.Future;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Messages of ISO-TP and J1939 between channels of a virtual bus. */
final class ProtocolHandlerTest extends BusLab {
  private static final long MILLI = 1_000_000;
  private static final IsoTpAddress ADDRESS = IsoTpAddress.normalFixed(0xf1, 0x10);

  private final Recorder one = new Recorder();
  private final Recorder two = new Recorder();

  private static byte[] take(Object message) {
    ByteBuf buf = assertInstanceOf(ByteBuf.class, message);
    byte[] bytes = new byte[buf.readableBytes()];
    buf.readBytes(bytes);
    buf.release();
    return bytes;
  }

  private static @Nullable Throwable failure(Future<Void> future) {
    return assertThrows(ExecutionException.class, () -> await(future)).getCause();
  }

  @Test
  void messagesOfIsoTpGoBothWaysInOrder() throws Exception {
    VirtualBus bus = VirtualBus.on(loop).build();
    IsoTpOptions options = IsoTpOptions.DEFAULT;
    Channel sender =
        attach(bus.node(), new CanFrameHandler(), new IsoTpHandler(ADDRESS, options), one);
    Channel receiver =
        attach(
            bus.node(),
            new CanFrameHandler(),
            new IsoTpHandler(ADDRESS.reversed(), options.withFlowControl(8, 0)),
            two);
    Random random = new Random(1);
    List<byte[]> messages = new ArrayList<>();
    List<Future<Void>> futures = new ArrayList<>();
    for (int length : new int[] {1, 7, 8, 4095, 4096, 20_000, 3}) {
      messages.add(Frames.data(random, length).toArray());
      futures.add(sender.write(Unpooled.copiedBuffer(messages.getLast())));
    }
    sender.flush();
    Future<Void> back = receiver.writeAndFlush(Unpooled.copiedBuffer(messages.get(3)));
    for (byte[] message : messages) {
      assertArrayEquals(message, take(two.next()));
    }
    assertArrayEquals(messages.get(3), take(one.next()));
    for (Future<Void> future : futures) {
      await(future);
    }
    await(back);
  }

  @Test
  void aMessageOfIsoTpWithoutAnAnswerFailsInTime() throws Exception {
    VirtualBus bus = VirtualBus.on(loop).build();
    Channel sender =
        attach(bus.node(), new CanFrameHandler(), new IsoTpHandler(ADDRESS, IsoTpOptions.DEFAULT));
    Channel other = attach(bus.node(), new CanFrameHandler(), one);
    Future<Void> sent = sender.writeAndFlush(Unpooled.wrappedBuffer(new byte[20]));
    Future<Void> next = sender.writeAndFlush(Unpooled.wrappedBuffer(new byte[3]));
    Future<Void> empty = sender.writeAndFlush(Unpooled.buffer());
    assertEquals(List.of("18DA10F1#1014000000000000"), one.frames(1));
    pass(999 * MILLI);
    assertFalse(sent.isDone());
    pass(1 * MILLI);
    IsoTpException failed = assertInstanceOf(IsoTpException.class, failure(sent));
    assertEquals(IsoTpError.FLOW_CONTROL_TIMEOUT, failed.error());
    assertEquals("isotp 18DA10F1>18DAF110: no flow control in time", failed.getMessage());
    await(next);
    assertInstanceOf(IllegalArgumentException.class, failure(empty));
    Future<Void> last = sender.writeAndFlush(Unpooled.wrappedBuffer(new byte[20]));
    Future<Void> behind = sender.writeAndFlush(Unpooled.wrappedBuffer(new byte[20]));
    settle();
    await(sender.close());
    assertInstanceOf(ClosedChannelException.class, failure(last));
    assertInstanceOf(ClosedChannelException.class, failure(behind));
    await(other.close());
  }

  @Test
  void aMessageOfIsoTpThatIsGivenUpIsTold() throws Exception {
    VirtualBus bus = VirtualBus.on(loop).build();
    IsoTpHandler handler = new IsoTpHandler(ADDRESS, IsoTpOptions.DEFAULT);
    attach(bus.node(), new CanFrameHandler(), handler, one);
    Channel other = attach(bus.node(), new CanFrameHandler(), two);
    await(other.writeAndFlush(frame("18DAF110#1014000000000000")));
    assertEquals(List.of("18DA10F1#300000"), two.frames(1));
    pass(1000 * MILLI);
    assertEquals(new IsoTpHandler.ReceiveFailed(IsoTpError.FRAME_TIMEOUT), one.next());
    on(() -> {
      handler.hold(true);
      return null;
    });
    await(other.writeAndFlush(frame("18DAF110#1014000000000000")));
    assertEquals(List.of("18DA10F1#310000"), two.frames(1));
    on(() -> {
      handler.hold(false);
      return null;
    });
    assertEquals(List.of("18DA10F1#300000"), two.frames(1));
  }

  private static J1939Handler node(int identity, int address) {
    return new J1939Handler(
        new J1939Name(true, 0, 0, 0, 0, 0, 0, 0, identity),
        address,
        new J1939Transport.Options(100_000, 4, 16, 50),
        identity);
  }

  /** The next of a kind, others passed over: claims are messages too. */
  private static <T> T next(Recorder recorder, Class<T> kind) throws InterruptedException {
    while (true) {
      Object next = recorder.next();
      if (kind.isInstance(next) && !(next instanceof J1939Message m && m.pgn() == 0xee00)) {
        return kind.cast(next);
      }
    }
  }

  @Test
  void messagesOfJ1939WaitForAnAddressAndArrive() throws Exception {
    VirtualBus bus = VirtualBus.on(loop).build();
    Channel sender = attach(bus.node(), new CanFrameHandler(), node(1, 0x20), one);
    attach(bus.node(), new CanFrameHandler(), node(2, 0x21), two);
    Random random = new Random(2);
    List<CanData> data = new ArrayList<>();
    List<Future<Void>> sent = new ArrayList<>();
    for (int length : new int[] {3, 9, 1785, 5, 50_000, 8}) {
      data.add(Frames.data(random, length));
      sent.add(sender.write(J1939Message.to(0xd000, 0x21, data.getLast())));
    }
    sender.flush();
    settle();
    assertFalse(sent.getFirst().isDone(), "sent without an address");
    pass(250 * MILLI);
    assertEquals(0x20, next(one, J1939Handler.AddressChanged.class).address());
    for (CanData each : data) {
      J1939Message message = next(two, J1939Message.class);
      assertEquals(each, message.data());
      assertEquals(0x20, message.source());
    }
    for (Future<Void> future : sent) {
      await(future);
    }
    J1939Message toAll = J1939Message.to(0x1f000, J1939Id.GLOBAL, data.get(1));
    Future<Void> twice = sender.writeAndFlush(toAll);
    Future<Void> again = sender.writeAndFlush(toAll);
    settle();
    for (int i = 0; i < 4; i++) {
      pass(50 * MILLI);
    }
    await(twice);
    await(again);
    assertEquals(data.get(1), next(two, J1939Message.class).data());
    assertEquals(data.get(1), next(two, J1939Message.class).data());
  }

  @Test
  void aMessageOfJ1939WithoutAnAnswerFailsInTime() throws Exception {
    VirtualBus bus = VirtualBus.on(loop).build();
    Channel sender = attach(bus.node(), new CanFrameHandler(), node(1, 0x20), one);
    Channel other = attach(bus.node(), new CanFrameHandler(), two);
    pass(250 * MILLI);
    Future<Void> sent =
        sender.writeAndFlush(J1939Message.to(0xd000, 0x21, CanData.of(new byte[9])));
    settle();
    pass(1250 * MILLI);
    J1939Exception failed = assertInstanceOf(J1939Exception.class, failure(sent));
    assertEquals(J1939Error.TIMEOUT, failed.error());
    // Another takes the address, and this one the first that is free.
    await(other.writeAndFlush(frame("18EEFF20#0000000000000000")));
    assertEquals(0x20, next(one, J1939Handler.AddressChanged.class).address());
    assertEquals(J1939Id.NULL, next(one, J1939Handler.AddressChanged.class).address());
    settle();
    pass(250 * MILLI);
    assertEquals(128, next(one, J1939Handler.AddressChanged.class).address());
  }

  @Test
  void identifiersOfElevenBitsPass() throws Exception {
    VirtualBus bus = VirtualBus.on(loop).build();
    Channel channel =
        attach(
            bus.node(),
            new CanFrameHandler(),
            new IsoTpHandler(
                IsoTpAddress.normal(CanId.standard(1), CanId.standard(2)), IsoTpOptions.DEFAULT),
            node(1, 0x20),
            one);
    Channel other = attach(bus.node(), new CanFrameHandler(), two);
    await(channel.writeAndFlush(frame("123#45")));
    await(other.writeAndFlush(frame("002#0155")));
    assertArrayEquals(new byte[] {0x55}, take(next(one, ByteBuf.class)));
  }
}
