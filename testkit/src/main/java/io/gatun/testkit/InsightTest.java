package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.Ipv4Address;
import io.gatun.address.SocketType;
import io.gatun.channel.Channel;
import io.gatun.channel.LoopCounters;
import io.gatun.channel.Message;
import io.gatun.socket.Socket;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;

/** What a loop counts, and what the Flight Recorder hears of channels. */
@OnEachTransport
public final class InsightTest extends ChannelLab {
  InsightTest(Lane lane) throws IOException {
    super(lane);
  }

  private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
    return events.stream().filter(event -> event.getEventType().getName().equals(name)).toList();
  }

  @Test
  void connectionsAndSlowCallsAreRecorded() throws Exception {
    assumeThatWritesWait();
    Address nobody;
    try (Socket socket = open()) {
      socket.bind(address());
      nobody = socket.getSockName();
    }
    List<RecordedEvent> events;
    String channel;
    String listening;
    try (Recording recording = new Recording()) {
      recording.enable("gatun.Connect");
      recording.enable("gatun.Accept");
      recording.enable("gatun.Read").withThreshold(java.time.Duration.ZERO);
      recording.enable("gatun.Write").withThreshold(java.time.Duration.ZERO);
      recording.start();
      Recorder recorder = new Recorder();
      Pair pair = pair(recorder);
      recorder.expect(Recorder.Event.ACTIVE);
      channel = String.valueOf(pair.channel().remoteAddress());
      failure(ConnectException.class, client().connect(nobody));
      pair.peer().sendAll(Data.of(1000));
      recorder.bytes(1000);
      int large = 16 << 20;
      Future<Void> written = pair.channel().writeAndFlush(buffer(Data.of(large)));
      rounds(pair.channel().eventLoop());
      assertEquals(large, receive(pair.peer(), large).length);
      await(written);
      Recorder accepted = new Recorder();
      Channel listener = bind(server().childHandler(child -> child.pipeline().addLast(accepted)));
      listening = String.valueOf(listener.localAddress());
      connect(local(listener)).sendAll(Data.of(1));
      accepted.expect(Recorder.Event.ACTIVE);
      accepted.bytes(1);
      recording.stop();
      Path file = folder.resolve("recording.jfr");
      recording.dump(file);
      events = RecordingFile.readAllEvents(file);
    }
    List<RecordedEvent> connects = named(events, "gatun.Connect");
    assertEquals(2, connects.size(), connects::toString);
    for (RecordedEvent connect : connects) {
      boolean refused = connect.getString("remote").equals(nobody.toString());
      assertEquals(refused ? nobody.toString() : channel, connect.getString("remote"));
      assertEquals(
          refused ? "connect " + nobody + ": " + errno("ECONNREFUSED") : null,
          connect.getString("failure"));
    }
    RecordedEvent accept = named(events, "gatun.Accept").getFirst();
    assertEquals(listening, accept.getString("listener"));
    long read = named(events, "gatun.Read").stream().mapToLong(e -> e.getLong("bytes")).sum();
    assertEquals(1001, read);
    long wrote = named(events, "gatun.Write").stream().mapToLong(e -> e.getLong("bytes")).sum();
    assertTrue(wrote >= 16 << 20, () -> wrote + " bytes");
  }

  @Test
  void aLoopCountsWhatItDoes() throws Exception {
    Recorder recorder = new Recorder();
    Pair pair = pair(recorder);
    LoopCounters counters = pair.channel().eventLoop().counters();
    recorder.expect(Recorder.Event.ACTIVE);
    assertEquals(1, on(pair.channel(), counters::channels));
    assertEquals(1, counters.connected());
    pair.peer().sendAll(Data.of(1000));
    recorder.bytes(1000);
    await(pair.channel().writeAndFlush(buffer(Data.of(500))));
    assertEquals(1000, on(pair.channel(), counters::bytesRead));
    assertTrue(counters.reads() >= 1);
    assertEquals(500, counters.bytesWritten());
    assertEquals(1, counters.writes());
    await(pair.channel().close());
    rounds(pair.channel().eventLoop());
    assertEquals(0, counters.channels());
    Channel listener = bind(server());
    for (int i = 0; i < 3; i++) {
      assertEquals(0, connect(local(listener)).fileno() < 0 ? 1 : 0);
    }
    LoopCounters listeners = listener.eventLoop().counters();
    while (on(listener, listeners::accepted) < 3) {
      rounds(listener.eventLoop());
    }
    assertEquals(3, listeners.accepted());
  }

  @Test
  void messagesAreCountedByTheirCallsAndBytes() throws Exception {
    Recorder recorder = new Recorder();
    Channel channel = await(client(recorder).type(SocketType.DGRAM).bind(Ipv4Address.loopback(0)));
    recorder.expect(Recorder.Event.ACTIVE);
    LoopCounters counters = channel.eventLoop().counters();
    channel.write(Message.to(local(channel), buffer(Data.of(300))), null);
    await(channel.writeAndFlush(Message.to(local(channel), buffer(Data.of(70)))));
    for (int i = 0; i < 2; i++) {
      assertInstanceOf(Message.class, recorder.next()).release();
    }
    assertEquals(370, on(channel, counters::bytesRead));
    assertEquals(370, counters.bytesWritten());
    assertTrue(counters.reads() >= 1 && counters.reads() <= 2);
    assertTrue(counters.writes() >= 1 && counters.writes() <= 2);
  }
}
