package io.gatun.codec.can.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.codec.can.CanFilter;
import io.gatun.codec.can.CanId;
import io.gatun.codec.can.channel.CanFrameHandler.Option;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CanFrameHandlerTest extends BusLab {
  private final Recorder recorder = new Recorder();

  /** Wants some identifiers. */
  private static final class Picky implements CanFrameHandler.Interest {
    private volatile Collection<CanFilter> filters;

    Picky(int... ids) {
      filters = want(ids);
    }

    static Collection<CanFilter> want(int... ids) {
      return CanFilter.covering(
          java.util.Arrays.stream(ids).mapToObj(CanId::standard).toList(), CanFilter.MAX_FILTERS);
    }

    @Override
    public Collection<CanFilter> filters() {
      return filters;
    }
  }

  private void send(Channel channel, String... frames) {
    for (String frame : frames) {
      channel.write(frame(frame), null);
    }
    channel.flush();
  }

  @Test
  void aPipelineIsGivenWhatItsHandlersWantTogether() throws Exception {
    VirtualBus bus = VirtualBus.on(loop).build();
    Picky late = new Picky(0x333);
    CanFrameHandler handler = new CanFrameHandler();
    attach(bus.node(), handler, new Picky(0x111, 0x112), late, recorder);
    Channel sender = attach(bus.node(), new CanFrameHandler());
    send(sender, "110#", "111#", "112#", "222#", "333#", "00000111#");
    assertEquals(List.of("111#", "112#", "333#"), recorder.frames(3));
    settle();
    assertTrue(recorder.events.isEmpty(), () -> recorder.events.toString());

    late.filters = Picky.want(0x222);
    on(() -> {
      handler.updateFilters();
      return null;
    });
    send(sender, "333#", "222#");
    assertEquals(List.of("222#"), recorder.frames(1));
    settle();
    assertTrue(recorder.events.isEmpty(), () -> recorder.events.toString());
  }

  @Test
  void filtersOfMoreThanTheKernelTakesAreKeptAllTheSame() throws Exception {
    VirtualBus bus = VirtualBus.on(loop).build();
    List<CanFilter> many =
        java.util.stream.IntStream.range(0, 600)
            .mapToObj(i -> CanFilter.exact(CanId.extended(i * 2)))
            .toList();
    attach(
        bus.node(),
        new CanFrameHandler(),
        new CanFrameHandler.Interest() {
          @Override
          public Collection<CanFilter> filters() {
            return many;
          }

          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) {
            recorder.events.add(message);
          }
        });
    send(attach(bus.node(), new CanFrameHandler()), "00000001#", "00000002#", "00000003#");
    assertEquals(List.of("00000002#"), recorder.frames(1));
    settle();
    assertTrue(recorder.events.isEmpty());
  }

  @Test
  void timesAreToldWhereTheyAreAskedFor() throws Exception {
    VirtualBus bus =
        VirtualBus.on(loop).bitRate(1_000_000).pace(VirtualBus.Pace.INJECTED).timestamps().build();
    attach(bus.node(), new CanFrameHandler(Option.TIMESTAMPS), recorder);
    Recorder plain = new Recorder();
    attach(bus.node(), new CanFrameHandler(), plain);
    Channel sender = attach(bus.node(), new CanFrameHandler());
    send(sender, "555#55", "555#55");
    long first = assertInstanceOf(CanReceived.class, recorder.next()).timestamp();
    long second = assertInstanceOf(CanReceived.class, recorder.next()).timestamp();
    assertTrue(first >= 55_000 && first < 70_000, () -> "at " + first);
    assertEquals(2 * first, second);
    assertEquals(0, assertInstanceOf(CanReceived.class, plain.next()).timestamp());
  }

  @Test
  void aViewSaysWhatTheRecordWouldAndIsNoMoreAfterwards() throws Exception {
    VirtualBus bus =
        VirtualBus.on(loop).bitRate(1_000_000).pace(VirtualBus.Pace.INJECTED).timestamps().build();
    List<CanReceivedView> views = new java.util.ArrayList<>();
    List<CanReceived> copies = new java.util.ArrayList<>();
    attach(
        bus.node(),
        new CanFrameHandler(Option.TIMESTAMPS, Option.VIEWS),
        new ChannelHandler() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) {
            CanReceivedView view = (CanReceivedView) message;
            views.add(view);
            copies.add(view.copy());
          }
        });
    attach(bus.node(), new CanFrameHandler(Option.TIMESTAMPS), recorder);
    send(attach(bus.node(), new CanFrameHandler()), "555#55", "12345678#R2");
    List<Object> records = List.of(recorder.next(), recorder.next());
    settle();
    assertEquals(records, on(() -> List.copyOf(copies)));
    assertSame(views.get(0), views.get(1));
    assertThrows(IllegalStateException.class, views.get(0)::copy);
  }

  @Test
  void errorFramesTellTheControllersState() throws Exception {
    VirtualBus bus = VirtualBus.on(loop).build();
    Recorder plain = new Recorder();
    attach(bus.node(), new CanFrameHandler(Option.ERRORS), recorder);
    attach(bus.node(), new CanFrameHandler(), plain);
    Channel sender = attach(bus.node(), new CanFrameHandler());
    send(
        sender,
        "20000004#0008000000000000",
        "20000004#0010000000000000",
        "20000040#0000000000000000",
        "20000100#0000000000000000",
        "123#");
    for (Object state :
        List.of(
            CanEvent.Bus.WARNING, CanEvent.Bus.PASSIVE, CanEvent.Bus.OFF, CanEvent.Bus.ACTIVE)) {
      assertEquals(state, recorder.next());
      recorder.frames(1);
      assertEquals(state, plain.next(), "the state is told without the frames");
    }
    assertEquals(List.of("123#"), plain.frames(1));
  }
}
