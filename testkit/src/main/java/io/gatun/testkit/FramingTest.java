package io.gatun.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.handler.ByteDecoder;
import io.gatun.handler.DelimiterDecoder;
import io.gatun.handler.FrameException;
import io.gatun.handler.LengthField;
import io.gatun.handler.LengthFieldDecoder;
import io.gatun.handler.LengthFieldEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How a stream becomes messages, however its bytes come. */
@OnEachTransport
public final class FramingTest extends ChannelLab {
  private final Recorder recorder = new Recorder();

  FramingTest(Lane lane) throws IOException {
    super(lane);
  }

  private Pair decoding(ChannelHandler decoder) throws Exception {
    Pair pair = pair(decoder, recorder);
    recorder.expect(Recorder.Event.ACTIVE);
    return pair;
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private void expect(String... texts) throws InterruptedException {
    for (String text : texts) {
      assertEquals(text, new String(recorder.message(), StandardCharsets.ISO_8859_1));
    }
  }

  @Test
  void framesArriveWholeHoweverTheirBytesCome() throws Exception {
    Pair pair = decoding(new LengthFieldDecoder(LengthField.of(4, 100_000)));
    Random random = new Random(1);
    byte[] stream = new byte[0];
    for (int size : new int[] {0, 1, 5, 70_000, 3, 0, 100}) {
      int start = stream.length;
      stream = Arrays.copyOf(stream, start + 4 + size);
      java.nio.ByteBuffer.wrap(stream).putInt(start, size);
      System.arraycopy(Data.of(size), 0, stream, start + 4, size);
    }
    for (int i = 0; i < stream.length; ) {
      int part = Math.min(stream.length - i, 1 + random.nextInt(i < 40 ? 3 : 9000));
      pair.peer().sendAll(stream, i, part);
      i += part;
    }
    for (int size : new int[] {0, 1, 5, 70_000, 3, 0, 100}) {
      assertArrayEquals(Data.of(size), recorder.message());
    }
  }

  private void decodes(LengthField field, byte[] sent, byte[]... frames) throws Exception {
    Pair pair = decoding(new LengthFieldDecoder(field));
    pair.peer().sendAll(sent);
    for (byte[] frame : frames) {
      assertArrayEquals(frame, recorder.message());
    }
    pair.channel().close();
    awaitClosed(pair.channel());
    recorder.expectEnd();
  }

  @Test
  void theLengthMayStandAnywhereCountAnythingAndBeOfEitherOrder() throws Exception {
    ByteOrder big = ByteOrder.BIG_ENDIAN;
    // A type, a length that counts the whole frame, the body; all of it is passed on.
    decodes(new LengthField(99, 1, 2, -3, 0, big), bytes(7, 0, 5, 1, 2), bytes(7, 0, 5, 1, 2));
    // A length of the body, two bytes of header between.
    decodes(new LengthField(99, 0, 1, 2, 1, big), bytes(1, 8, 9, 4), bytes(8, 9, 4));
    decodes(
        new LengthField(999, 0, 3, 0, 3, ByteOrder.LITTLE_ENDIAN),
        bytes(2, 0, 0, 1, 2, 1, 0, 0, 3),
        bytes(1, 2),
        bytes(3));
    decodes(LengthField.of(8, 99), bytes(0, 0, 0, 0, 0, 0, 0, 1, 5), bytes(5));
  }

  private void refuses(LengthField field, byte[] sent, String part) throws Exception {
    Pair pair = decoding(new LengthFieldDecoder(field));
    pair.peer().sendAll(sent);
    assertMessage(part, recorder.expectThrown(FrameException.class));
    pair.peer().sendAll(bytes(0, 1, 2, 3, 4));
    rounds(pair.channel().eventLoop());
    recorder.expectNothing();
    pair.channel().close();
    awaitClosed(pair.channel());
    recorder.expectEnd();
  }

  @Test
  void aLengthThatIsTooLargeOrCannotBeIsAnErrorAndNothingFollows() throws Exception {
    refuses(LengthField.of(2, 10), bytes(0, 9), "frame too long");
    refuses(LengthField.of(8, 10), bytes(255, 255, 255, 255, 255, 255, 255, 255), "frame too long");
    refuses(
        new LengthField(99, 0, 2, -2, 0, ByteOrder.BIG_ENDIAN), bytes(0, 1, 3), "corrupt frame");
  }

  @Test
  void whatIsEncodedIsDecodedAndAMessageThatDoesNotFitFails() throws Exception {
    for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
      for (int size : new int[] {1, 2, 3, 4, 8}) {
        LengthField field = new LengthField(200 + size, 0, size, -size, size, order);
        Recorder server = new Recorder();
        Channel listener =
            bind(
                server()
                    .childHandler(channel ->
                        channel.pipeline().addLast(new LengthFieldDecoder(field), server)));
        Channel channel =
            await(client(new LengthFieldEncoder(field), recorder).connect(local(listener)));
        await(channel.writeAndFlush(buffer(Data.of(200))));
        await(channel.writeAndFlush(buffer(Data.of(0))));
        server.expect(Recorder.Event.ACTIVE);
        assertArrayEquals(Data.of(200), server.message());
        assertArrayEquals(Data.of(0), server.message());
        failure(FrameException.class, channel.writeAndFlush(buffer(Data.of(201))));
      }
    }
  }

  @Test
  void linesEndWithLfOrCrAndLf() throws Exception {
    Pair pair = decoding(DelimiterDecoder.ofLines(5));
    pair.peer().sendAll(ascii("a\nbc\r\n\n\r\nd\re\n12345\r"));
    expect("a", "bc", "", "", "d\re");
    rounds(pair.channel().eventLoop());
    recorder.expectNothing();
    pair.peer().sendAll(ascii("\nrest"));
    expect("12345");
    pair.peer().close();
    recorder.expectEnd();
  }

  @Test
  void aLineThatIsTooLongIsAnErrorBeforeItEnds() throws Exception {
    Pair pair = decoding(DelimiterDecoder.ofLines(5));
    pair.peer().sendAll(ascii("1234567"));
    assertMessage("line too long", recorder.expectThrown(FrameException.class));
  }

  @Test
  void aDelimiterMayComeInParts() throws Exception {
    Pair pair = decoding(new DelimiterDecoder(10, ascii("--=")));
    for (String part : new String[] {"a-", "-", "=b--", "-=", "c---=", "--=="}) {
      pair.peer().sendAll(ascii(part));
      rounds(pair.channel().eventLoop());
    }
    expect("a", "b-", "c-", "");
    pair.peer().sendAll(ascii("0123456789--"));
    rounds(pair.channel().eventLoop());
    recorder.expectThrown(FrameException.class);
  }

  @Test
  void withAutoReadOffAReadReadsOnToAMessage() throws Exception {
    Pair pair =
        pair(
            client -> client.option(ChannelOption.AUTO_READ, false),
            DelimiterDecoder.ofLines(100),
            recorder);
    recorder.expect(Recorder.Event.ACTIVE);
    pair.channel().read();
    pair.peer().sendAll(ascii("o"));
    rounds(pair.channel().eventLoop());
    pair.peer().sendAll(ascii("ne\n"));
    expect("one");
    pair.peer().sendAll(ascii("two\n"));
    rounds(pair.channel().eventLoop());
    recorder.expectNothing();
    pair.channel().read();
    expect("two");
  }

  @Test
  void aDecoderThatIsRemovedPassesItsRestOn() throws Exception {
    DelimiterDecoder lines = DelimiterDecoder.ofLines(100);
    Pair pair =
        decoding(
            new ChannelHandler() {
              @Override
              public void handlerAdded(ChannelHandlerContext ctx) {
                ctx.pipeline()
                    .addAfter(
                        ctx.name(),
                        "upgrade",
                        new ChannelHandler() {
                          @Override
                          public void channelRead(ChannelHandlerContext ctx, Object message) {
                            ctx.pipeline().remove(lines);
                            ctx.pipeline().remove(this);
                            ctx.fireChannelRead(message);
                          }
                        })
                    .addAfter(ctx.name(), "lines", lines);
              }
            });
    pair.peer().sendAll(ascii("upgrade\nraw\nbytes"));
    expect("upgrade");
    assertArrayEquals(ascii("raw\nbytes"), recorder.bytes(9));
  }

  /** Takes the word that ends what it speaks, and has itself replaced. */
  private static final class Upgraded extends ByteDecoder {
    private final String name;

    Upgraded(String name) {
      this.name = name;
    }

    @Override
    protected @Nullable Object decode(ChannelHandlerContext ctx, ByteBuf in) {
      if (in.readableBytes() >= 7) {
        in.skipBytes(7);
        ctx.pipeline().replace(this, name, DelimiterDecoder.ofLines(100));
      }
      return null;
    }
  }

  @Test
  void theRestOfADecoderGoesToTheOneThatReplacesItWhateverItsName() throws Exception {
    for (String name : new String[] {"other", "Upgraded"}) {
      Pair pair = decoding(new Upgraded(name));
      pair.peer().sendAll(ascii("UPGRADEone\ntwo\nth"));
      expect("one", "two");
      pair.peer().sendAll(ascii("ree\n"));
      expect("three");
    }
  }

  /** Takes all there is, be it nothing. */
  private static final class Everything extends ByteDecoder {
    @Override
    protected Object decode(ChannelHandlerContext ctx, ByteBuf in) {
      return in.readRetainedSlice(in.readableBytes());
    }
  }

  @Test
  void aDecoderIsNotAskedForAMessageOfNothing() throws Exception {
    Pair pair = decoding(new Everything());
    pair.peer().sendAll(ascii("all"));
    expect("all");
    pair.peer().close();
    recorder.expectEnd();
  }

  /** Makes messages of nothing. */
  private static final class Endless extends ByteDecoder {
    @Override
    protected Object decode(ChannelHandlerContext ctx, ByteBuf in) {
      return in.retainedSlice();
    }
  }

  @Test
  void aMessageOfNoBytesIsAnErrorAndNothingFollows() throws Exception {
    Pair pair = decoding(new Endless());
    pair.peer().sendAll(ascii("all"));
    recorder.expectThrown(IllegalStateException.class);
    pair.peer().sendAll(ascii("more"));
    rounds(pair.channel().eventLoop());
    recorder.expectNothing();
    pair.peer().close();
    recorder.expectEnd();
  }

  @Test
  void aFrameThatIsCancelledOrWasReleasedIsNotSentAndNoneOfTheOthersSuffers() throws Exception {
    Pair pair = decoding(new LengthFieldEncoder(LengthField.of(2, 100)));
    Channel channel = pair.channel();
    on(
        channel,
        () -> {
          Promise<Void> cancelled = channel.newPromise();
          cancelled.cancel(false);
          channel.write(buffer(ascii("AAAA")), cancelled);
          Future<Void> late = channel.write(buffer(ascii("BB")));
          late.cancel(false); // its length may be on the way
          ByteBuf released = buffer(ascii("CCC"));
          released.release();
          failure(IllegalReferenceCountException.class, channel.write(released));
          channel.writeAndFlush(buffer(ascii("D")), null);
          return null;
        });
    assertArrayEquals(bytes(0, 2, 'B', 'B', 0, 1, 'D'), receive(pair.peer(), 7));
    await(channel.close());
    assertArrayEquals(bytes(), receiveAll(pair.peer()));
  }

  /** Tells the rest at the end. */
  private static final class Rest extends ByteDecoder {
    @Override
    protected @Nullable Object decode(ChannelHandlerContext ctx, ByteBuf in) {
      return null;
    }

    @Override
    protected @Nullable Object decodeLast(ChannelHandlerContext ctx, ByteBuf in) {
      return in.isReadable() ? in.readRetainedSlice(in.readableBytes()) : null;
    }
  }

  @Test
  void atTheStreamsEndADecoderMaySayWhatIsLeft() throws Exception {
    Pair pair = decoding(new Rest());
    pair.peer().sendAll(ascii("part"));
    pair.peer().close();
    expect("part");
    recorder.expectEnd();
  }

  @Test
  void fieldsThatCannotBeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> LengthField.of(5, 100));
    assertThrows(IllegalArgumentException.class, () -> LengthField.of(4, 3));
    assertThrows(
        IllegalArgumentException.class,
        () -> new LengthFieldEncoder(new LengthField(9, 1, 2, 0, 0, ByteOrder.BIG_ENDIAN)));
  }
}
