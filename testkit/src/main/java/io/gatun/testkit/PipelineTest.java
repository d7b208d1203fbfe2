package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelPipeline;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How handlers follow one another. */
@OnEachTransport
public final class PipelineTest extends ChannelLab {
  /** What the handlers note; of the loop's thread until it was asked something. */
  private final List<String> notes = new ArrayList<>();

  private final Recorder recorder = new Recorder();

  PipelineTest(Lane lane) throws IOException {
    super(lane);
  }

  /** Notes what passes, and lets it. */
  private class Noting implements ChannelHandler {
    final String name;

    Noting(String name) {
      this.name = name;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
      notes.add("+" + name);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) throws Exception {
      notes.add("-" + name);
    }

    @Override
    public void userEvent(ChannelHandlerContext ctx, Object event) throws Exception {
      notes.add(name + " " + event);
      ctx.fireUserEvent(event);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) throws Exception {
      notes.add(name + " flush");
      ctx.flush();
    }
  }

  private Channel channel(ChannelHandler... handlers) throws Exception {
    Channel channel = pair(handlers).channel();
    rounds(channel.eventLoop());
    on(
        channel,
        () -> {
          notes.clear();
          return null;
        });
    return channel;
  }

  /** Sends an event from the first handler on, and returns what was noted. */
  private List<String> notesOf(Channel channel, String event) throws Exception {
    return on(
        channel,
        () -> {
          channel.pipeline().addFirst("origin", new ChannelHandler() {});
          ChannelHandlerContext origin = channel.pipeline().context("origin");
          assertInstanceOf(ChannelHandlerContext.class, origin).fireUserEvent(event);
          channel.pipeline().remove("origin");
          List<String> seen = List.copyOf(notes);
          notes.clear();
          return seen;
        });
  }

  private List<String> notesOf(Channel channel, Callable<?> change) throws Exception {
    return on(
        channel,
        () -> {
          change.call();
          List<String> seen = List.copyOf(notes);
          notes.clear();
          return seen;
        });
  }

  @Test
  void eventsGoFromTheFirstHandlerToTheLastAndOperationsBack() throws Exception {
    Channel channel = channel(new Noting("a"), new Noting("b"), new Noting("c"));
    assertEquals(List.of("a x", "b x", "c x"), notesOf(channel, "x"));
    assertEquals(
        List.of("c flush", "b flush", "a flush"),
        notesOf(
            channel,
            () -> {
              channel.flush();
              return null;
            }));
  }

  @Test
  void anOperationOfAContextBeginsBeforeItsHandler() throws Exception {
    Noting b = new Noting("b");
    Channel channel = channel(new Noting("a"), b, new Noting("c"));
    ChannelHandlerContext ctx = context(channel, b);
    assertEquals(
        List.of("a flush"),
        notesOf(
            channel,
            () -> {
              ctx.flush();
              return null;
            }));
  }

  @Test
  void handlersAreAddedRemovedAndReplacedWhereItIsSaid() throws Exception {
    Channel channel = channel();
    ChannelPipeline pipeline = channel.pipeline();
    Noting c = new Noting("c");
    assertEquals(
        List.of("+c", "+a", "+b", "+d", "+e"),
        notesOf(
            channel,
            () ->
                pipeline
                    .addLast("c", c)
                    .addFirst("a", new Noting("a"))
                    .addAfter("a", "b", new Noting("b"))
                    .addLast("d", new Noting("d"))
                    .addBefore("d", "e", new Noting("e"))));
    assertEquals(List.of("a", "b", "c", "e", "d"), on(channel, pipeline::names));
    assertEquals(List.of("a x", "b x", "c x", "e x", "d x"), notesOf(channel, "x"));
    assertEquals(List.of("-b"), notesOf(channel, () -> pipeline.remove("b")));
    assertEquals(List.of("-c"), notesOf(channel, () -> pipeline.remove(c)));
    assertEquals(
        List.of("+f", "-e"), notesOf(channel, () -> pipeline.replace("e", "f", new Noting("f"))));
    assertEquals(
        List.of("+g", "-f"), notesOf(channel, () -> pipeline.replace("f", "f", new Noting("g"))));
    assertEquals(List.of("a", "f", "d"), on(channel, pipeline::names));
    assertEquals(List.of("a x", "g x", "d x"), notesOf(channel, "x"));
  }

  @Test
  void aHandlerThatReplacesAnotherOfItsNameIsTheOneOfThatNameWhenItIsAdded() throws Exception {
    Channel channel = channel(new Noting("a"));
    ChannelPipeline pipeline = channel.pipeline();
    Noting adding =
        new Noting("b") {
          @Override
          public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
            super.handlerAdded(ctx);
            assertSame(this, ctx.pipeline().get(ctx.name()));
            ctx.pipeline().addAfter(ctx.name(), "c", new Noting("c"));
          }
        };
    assertEquals(
        List.of("+b", "+c", "-a"),
        notesOf(channel, () -> pipeline.replace("Noting", "Noting", adding)));
    assertEquals(List.of("Noting", "c"), on(channel, pipeline::names));
    on(
        channel,
        () -> {
          Noting other = new Noting("d");
          assertThrows(
              IllegalArgumentException.class, () -> pipeline.replace("Noting", "c", other));
          assertThrows(
              IllegalStateException.class, () -> pipeline.replace("c", "c", adding), "in use");
          return null;
        });
    assertEquals(List.of("b x", "c x"), notesOf(channel, "x"));
  }

  @Test
  void handlersAreFoundByNameTypeAndThemselves() throws Exception {
    Noting a = new Noting("a");
    Channel channel = channel(a, recorder);
    on(
        channel,
        () -> {
          ChannelPipeline pipeline = channel.pipeline();
          assertEquals(List.of("Noting", "Recorder"), pipeline.names());
          assertSame(a, pipeline.get("Noting"));
          assertSame(recorder, pipeline.get(Recorder.class));
          assertNull(pipeline.get("other"));
          assertSame(pipeline.context(a), pipeline.context("Noting"));
          pipeline.addLast(new Noting("b"));
          assertEquals(List.of("Noting", "Recorder", "Noting#2"), pipeline.names());
          return null;
        });
  }

  @Test
  void aNameTwiceAnUnknownNameAndAChangeOffTheLoopAreRefused() throws Exception {
    Channel channel = channel(new Noting("a"));
    ChannelPipeline pipeline = channel.pipeline();
    on(
        channel,
        () -> {
          ChannelHandler other = new Noting("b");
          assertThrows(IllegalArgumentException.class, () -> pipeline.addLast("Noting", other));
          assertThrows(NoSuchElementException.class, () -> pipeline.remove("b"));
          assertThrows(NoSuchElementException.class, () -> pipeline.remove(other));
          assertThrows(NoSuchElementException.class, () -> pipeline.addAfter("b", "c", other));
          return null;
        });
    assertThrows(IllegalStateException.class, () -> pipeline.addLast("b", new Noting("b")));
    assertThrows(IllegalStateException.class, () -> pipeline.remove("Noting"));
    assertEquals(List.of(), notesOf(channel, () -> List.of()));
  }

  @Test
  void aHandlerMayRemoveItselfDuringAnEventAndPassItOn() throws Exception {
    Channel channel =
        channel(
            new Noting("a"),
            new Noting("b") {
              @Override
              public void userEvent(ChannelHandlerContext ctx, Object event) throws Exception {
                ctx.pipeline().remove(this);
                assertTrue(ctx.isRemoved());
                super.userEvent(ctx, event);
              }
            },
            new Noting("c"));
    assertEquals(List.of("a x", "-b", "b x", "c x"), notesOf(channel, "x"));
    assertEquals(List.of("a y", "c y"), notesOf(channel, "y"));
  }

  @Test
  void aHandlerThatIsAddedDuringAnEventBehindTheOneThatAddsItSeesIt() throws Exception {
    Channel channel =
        channel(
            new Noting("a") {
              @Override
              public void userEvent(ChannelHandlerContext ctx, Object event) throws Exception {
                ctx.pipeline().addAfter(ctx.name(), "new", new Noting("new"));
                super.userEvent(ctx, event);
              }
            },
            new Noting("c"));
    assertEquals(List.of("+new", "a x", "new x", "c x"), notesOf(channel, "x"));
  }

  @Test
  void aHandlerThatWasRemovedSeesNothingMoreOfAnEventUnderWay() throws Exception {
    Noting next = new Noting("next");
    Channel channel =
        channel(
            new Noting("a") {
              @Override
              public void userEvent(ChannelHandlerContext ctx, Object event) throws Exception {
                ctx.pipeline().remove(next);
                super.userEvent(ctx, event);
              }
            },
            next,
            new Noting("c"));
    assertEquals(List.of("-next", "a x", "c x"), notesOf(channel, "x"));
  }

  @Test
  void aHandlerRemovedAfterTheOneThatPassesTheEventOnSeesNothingOfIt() throws Exception {
    Noting next = new Noting("next");
    Channel channel =
        channel(
            new Noting("a") {
              @Override
              public void userEvent(ChannelHandlerContext ctx, Object event) throws Exception {
                ctx.pipeline().remove(this);
                ctx.pipeline().remove(next);
                super.userEvent(ctx, event);
              }
            },
            next,
            new Noting("c"));
    assertEquals(List.of("-a", "-next", "a x", "c x"), notesOf(channel, "x"));
  }

  @Test
  void handlersAreRemovedOnceEachLastFirstWhenTheChannelIsClosed() throws Exception {
    Channel channel = channel(new Noting("a"), new Noting("b"), new Noting("c"));
    channel.close();
    awaitClosed(channel);
    assertEquals(List.of("-c", "-b", "-a"), notes);
  }

  @Test
  void aHandlerThatAnotherRemovesWhileTheChannelDiesIsRemovedOnce() throws Exception {
    Noting b = new Noting("b");
    Channel channel =
        channel(
            new Noting("a"),
            b,
            new Noting("c") {
              @Override
              public void handlerRemoved(ChannelHandlerContext ctx) throws Exception {
                super.handlerRemoved(ctx);
                ctx.pipeline().remove(b);
              }
            });
    channel.close();
    awaitClosed(channel);
    assertEquals(List.of("-c", "-b", "-a"), notes);
  }

  /** Throws at each event. */
  private final class Throwing extends Noting {
    Throwing() {
      super("throwing");
    }

    @Override
    public void userEvent(ChannelHandlerContext ctx, Object event) throws Exception {
      throw new IOException((String) event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
      notes.add("caught " + cause.getMessage());
      ctx.fireExceptionCaught(cause);
    }
  }

  @Test
  void aHandlersExceptionGoesToItselfAndTheLaterOnesOnly() throws Exception {
    List<String> earlier = new ArrayList<>();
    Noting first =
        new Noting("a") {
          @Override
          public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            earlier.add("caught");
          }
        };
    Channel channel = channel(first, new Throwing(), recorder);
    assertEquals(List.of("a x", "caught x"), notesOf(channel, "x"));
    recorder.expect(Recorder.Event.ACTIVE);
    assertEquals("x", recorder.expectThrown(IOException.class).getMessage());
    assertEquals(List.of(), earlier);
    assertTrue(channel.isActive(), "a handler took it");
  }

  @Test
  void anExceptionThatNobodyTakesClosesTheChannel() throws Exception {
    Channel channel = channel(new Throwing());
    assertEquals(List.of("caught x", "-throwing"), closingNotesOf(channel));
  }

  private List<String> closingNotesOf(Channel channel) throws Exception {
    on(
        channel,
        () -> {
          channel.pipeline().addFirst("origin", new ChannelHandler() {});
          ChannelHandlerContext origin = channel.pipeline().context("origin");
          assertInstanceOf(ChannelHandlerContext.class, origin).fireUserEvent("x");
          return null;
        });
    awaitClosed(channel);
    return notes;
  }

  @Test
  void anExceptionHandlerThatThrowsClosesTheChannel() throws Exception {
    Channel channel =
        channel(
            new Throwing(),
            new ChannelHandler() {
              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                throw new IllegalStateException(cause);
              }
            });
    assertEquals(List.of("caught x", "-throwing"), closingNotesOf(channel));
  }

  @Test
  void aHandlerThatThrowsWhenAddedIsTakenOutAgain() throws Exception {
    Channel channel = channel(recorder);
    on(
        channel,
        () -> {
          channel
              .pipeline()
              .addFirst(
                  "bad",
                  new ChannelHandler() {
                    @Override
                    public void handlerAdded(ChannelHandlerContext ctx) throws IOException {
                      throw new IOException("no");
                    }
                  });
          return null;
        });
    recorder.expect(Recorder.Event.ACTIVE);
    assertEquals("no", recorder.expectThrown(IOException.class).getMessage());
    assertEquals(List.of("Recorder"), on(channel, channel.pipeline()::names));
  }

  @Test
  void aWriteThatAHandlerThrowsAtFails() throws Exception {
    Channel channel =
        channel(
            new ChannelHandler() {
              @Override
              public void write(
                  ChannelHandlerContext ctx, Object message, @Nullable Promise<Void> promise)
                  throws IOException {
                io.netty.util.ReferenceCountUtil.release(message);
                throw new IOException("no");
              }
            },
            recorder);
    Future<Void> written = channel.writeAndFlush(buffer(Data.of(10)));
    assertEquals("no", failure(IOException.class, written).getMessage());
    assertTrue(channel.isActive());
  }

  @Test
  void aHandlerMayTurnMessagesIntoOthers() throws Exception {
    Pair pair =
        pair(
            new ChannelHandler() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                io.netty.util.ReferenceCountUtil.release(message);
                ctx.fireChannelRead("message");
              }

              @Override
              public void write(
                  ChannelHandlerContext ctx, Object message, @Nullable Promise<Void> promise) {
                ctx.write(buffer(Data.of(((String) message).length())), promise);
              }
            },
            recorder);
    recorder.expect(Recorder.Event.ACTIVE);
    pair.peer().sendAll(Data.of(1));
    recorder.expect("message");
    await(pair.channel().writeAndFlush("four"));
    assertArrayEquals(Data.of(4), receive(pair.peer(), 4));
  }

  @Test
  void aHandlerMayKeepTheChannelFromClosing() throws Exception {
    boolean[] keep = {true};
    Channel channel =
        channel(
            new ChannelHandler() {
              @Override
              public void close(ChannelHandlerContext ctx, @Nullable Promise<Void> promise) {
                if (keep[0]) {
                  notes.add("kept");
                } else {
                  ctx.close(promise);
                }
              }
            });
    assertEquals(
        List.of("kept"),
        notesOf(
            channel,
            () -> {
              channel.close();
              return null;
            }));
    assertTrue(channel.isActive());
    keep[0] = false;
    await(channel.close());
    assertFalse(channel.isOpen());
  }
}
