package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.Channel;
import io.gatun.channel.ChannelGroup;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Channels that are written to and closed together. */
@OnEachTransport
public final class ChannelGroupTest extends ChannelLab {
  private final ChannelGroup channels = new ChannelGroup();

  ChannelGroupTest(Lane lane) throws IOException {
    super(lane);
  }

  private List<Pair> pairs(int count) throws Exception {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Pair pair = pair();
      assertTrue(channels.add(pair.channel()));
      pairs.add(pair);
    }
    return pairs;
  }

  @Test
  void whatIsWrittenToAGroupGoesToEachOfItsChannelsAndIsReleased() throws Exception {
    List<Pair> pairs = pairs(5);
    ByteBuf message = buffer(Data.of(1000));
    channels.writeAndFlush(message);
    for (Pair pair : pairs) {
      assertArrayEquals(Data.of(1000), receive(pair.peer(), 1000));
      rounds(pair.channel().eventLoop());
    }
    assertEquals(0, message.refCnt());
  }

  @Test
  void whatIsWrittenToSomeGoesToNoOther() throws Exception {
    List<Pair> pairs = pairs(2);
    Channel left = pairs.getFirst().channel();
    channels.writeAndFlush(buffer(Data.of(10)), channel -> !channel.equals(left));
    channels.writeAndFlush(buffer(Data.of(20)), left::equals);
    assertArrayEquals(Data.of(20), receive(pairs.getFirst().peer(), 20));
    assertArrayEquals(Data.of(10), receive(pairs.getLast().peer(), 10));
  }

  @Test
  void aChannelThatClosesLeavesItsGroup() throws Exception {
    List<Pair> pairs = pairs(3);
    Channel gone = pairs.get(1).channel();
    pairs.get(1).peer().close();
    awaitClosed(gone);
    assertEquals(2, channels.size());
    assertFalse(channels.contains(gone));
    channels.writeAndFlush(buffer(Data.of(10)));
    assertArrayEquals(Data.of(10), receive(pairs.get(2).peer(), 10));
    assertTrue(channels.add(gone), "it was not there");
    assertFalse(channels.contains(gone), "and does not stay");
  }

  @Test
  void aChannelThatWasRemovedStaysOpen() throws Exception {
    Pair pair = pairs(1).getFirst();
    assertFalse(channels.add(pair.channel()), "it is there");
    assertTrue(channels.remove(pair.channel()));
    assertFalse(channels.remove(pair.channel()));
    assertTrue(channels.isEmpty());
    await(channels.close());
    assertTrue(pair.channel().isOpen());
  }

  @Test
  void iteratingShowsEachChannelOnce() throws Exception {
    Set<Channel> expected = new HashSet<>();
    pairs(4).forEach(pair -> expected.add(pair.channel()));
    List<Channel> seen = new ArrayList<>();
    channels.forEach(seen::add);
    assertEquals(4, seen.size());
    assertEquals(expected, new HashSet<>(seen));
  }

  @Test
  void closingAGroupClosesItsChannelsAndThoseThatComeLater() throws Exception {
    List<Pair> pairs = pairs(5);
    await(channels.close());
    for (Pair pair : pairs) {
      assertFalse(pair.channel().isOpen());
      assertEquals(0, pair.peer().recv(1).length);
    }
    assertTrue(channels.isEmpty());
    Pair late = pair();
    channels.add(late.channel());
    awaitClosed(late.channel());
    await(channels.close());
  }
}
