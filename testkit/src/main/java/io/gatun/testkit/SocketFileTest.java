package io.gatun.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatun.error.ClosedException;
import io.gatun.error.TimedOutException;
import io.gatun.socket.SocketFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.MalformedInputException;
import java.nio.charset.UnmappableCharacterException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Sockets as files: what CPython's tests of {@code makefile} ask of Python's own io instead. */
@OnEachThreadKind
public final class SocketFileTest extends SocketLab {
  SocketFileTest(ThreadLane lane) throws IOException {
    super(lane);
  }

  private static void send(Ends ends, String text) throws IOException {
    ends.other().sendAll(text.getBytes(UTF_8));
  }

  @Test
  void aLineIsThereAsSoonAsItsEndIsWhateverFollows() throws Exception {
    Ends ends = ends();
    try (SocketFile file = ends.one().makeFile("r")) {
      send(ends, "220 hello\r\n");
      BufferedReader buffered = new BufferedReader(file.reader());
      assertEquals("220 hello", call(buffered::readLine));
      send(ends, "abc\r\n");
      char[] chars = new char[100];
      assertEquals(4, call(() -> file.reader().read(chars)));
      assertEquals("abc\n", new String(chars, 0, 4));
      send(ends, "x\r");
      assertEquals("x\n", call(file::readLine));
      send(ends, "\ny\n");
      assertEquals("y\n", call(file::readLine), "the rest of the end before is no line");
    }
  }

  /** Text is decoded by it, and never encoded. */
  private static final class ReadOnlyCharset extends Charset {
    ReadOnlyCharset() {
      super("x-gatun-read-only", null);
    }

    @Override
    public boolean contains(Charset other) {
      return false;
    }

    @Override
    public CharsetDecoder newDecoder() {
      return US_ASCII.newDecoder();
    }

    @Override
    public CharsetEncoder newEncoder() {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void aFileThatCannotBeMadeDoesNotKeepTheSocketOpen() throws Exception {
    Ends ends = ends();
    SocketFile.Builder builder = ends.one().makeFile().mode("rw").encoding(new ReadOnlyCharset());
    assertThrows(UnsupportedOperationException.class, builder::open);
    ends.one().close();
    assertEquals(0, ends.other().recv(1).length);
  }

  @Test
  void aReadThatTimesOutLosesNothing() throws Exception {
    Ends ends = ends();
    try (SocketFile file = ends.one().makeFile("r");
        SocketFile exact = ends.one().makeFile().mode("r").newline("").open();
        SocketFile both = ends.one().makeFile().mode("r").newline("\r\n").open()) {
      String[][] parts = {{"abc", "def\n"}, {"abc\r", "\n"}, {"a\nb\r", "\n"}};
      SocketFile[] files = {file, exact, both};
      for (int i = 0; i < files.length; i++) {
        SocketFile one = files[i];
        send(ends, parts[i][0]);
        ends.one().setTimeout(SHORT);
        assertThrows(TimedOutException.class, () -> call(one::readLine));
        ends.one().setTimeout(LONG);
        send(ends, parts[i][1]);
        assertEquals(parts[i][0] + parts[i][1], call(one::readLine));
      }
    }
  }

  @Test
  void anEndThatComesInTwoPartsIsWhole() throws Exception {
    String[][] lines = {{"", "a\r", "b\n"}, {"", "a\r\n", "b\n"}, {"\r\n", "a\r\n", "b\r\n"}};
    for (String[] line : lines) {
      Ends ends = ends();
      try (SocketFile file = ends.one().makeFile().mode("r").newline(line[0]).open()) {
        send(ends, "a\r");
        Task<@Nullable String> reading = start(file::readLine).awaitWaiting();
        send(ends, line[1].substring(2) + line[2]);
        assertEquals(line[1], reading.result());
        assertEquals(line[2], call(file::readLine));
      }
    }
  }

  @Test
  void anEndThatStaysAsItIsIsWhole() throws Exception {
    Ends ends = ends();
    try (SocketFile file = ends.one().makeFile().mode("r").newline("").open()) {
      send(ends, "a\r\nb\rc\nd");
      ends.other().close();
      for (String line : new String[] {"a\r\n", "b\r", "c\n", "d"}) {
        assertEquals(line, call(file::readLine));
      }
      assertNull(call(file::readLine));
    }
  }

  @Test
  void aLineThatIsLongerThanTheLimitComesInParts() throws Exception {
    Ends ends = ends();
    try (SocketFile file = ends.one().makeFile("r")) {
      send(ends, "abcdef\r\ng\nhi");
      for (String part : new String[] {"abcd", "ef\n", "g\n"}) {
        assertEquals(part, call(() -> file.readLine(4)));
      }
      ends.one().setTimeout(SHORT);
      assertThrows(TimedOutException.class, () -> call(() -> file.readLine(3)));
      ends.one().setTimeout(LONG);
      assertEquals("hi", call(() -> file.readLine(2)), "no more is waited for than is asked for");
      ends.other().close();
      assertNull(call(() -> file.readLine(1)));
      assertThrows(IllegalArgumentException.class, () -> file.readLine(0));
      assertThrows(IllegalStateException.class, () -> file.readLineBytes(1));
    }
  }

  @Test
  void linesAreReadAsBytesToo() throws Exception {
    Ends ends = ends();
    try (SocketFile file = ends.one().makeFile().mode("rb").buffering(8).open()) {
      send(ends, "abcdefghijk\nl\nmn");
      for (String part : new String[] {"abcdefghij", "k\n", "l\n"}) {
        assertArrayEquals(part.getBytes(US_ASCII), call(() -> file.readLineBytes(10)));
      }
      ends.one().setTimeout(SHORT);
      assertThrows(TimedOutException.class, () -> call(() -> file.readLineBytes(100)));
      ends.one().setTimeout(LONG);
      send(ends, "opqrstuvwxyz\n\nlast");
      ends.other().close();
      for (String part : new String[] {"mnopqrstuvwxyz\n", "\n", "last"}) {
        assertArrayEquals(part.getBytes(US_ASCII), call(() -> file.readLineBytes(100)));
      }
      assertNull(call(() -> file.readLineBytes(100)));
      assertThrows(IllegalStateException.class, file::readLine);
    }
    try (SocketFile file = ends.one().makeFile().mode("rb").buffering(0).open()) {
      assertThrows(IllegalStateException.class, () -> file.readLineBytes(1));
    }
  }

  @Test
  void aLongLineIsOne() throws Exception {
    Ends ends = ends();
    String line = "x".repeat(100_000) + "\n";
    Task<String> sending = startRun(() -> send(ends, line + line));
    try (SocketFile file = ends.one().makeFile("r")) {
      assertEquals(line, call(file::readLine));
      assertEquals(line, call(file::readLine));
    }
    sending.result();
  }

  @Test
  void aFlushThatTimesOutKeepsTheRestAndSendsNothingTwice() throws Exception {
    byte[] data = Data.of(LARGE.length);
    for (int buffer : new int[] {0, 8192, 2 * LARGE.length}) {
      Ends ends = ends();
      SocketFile file = ends.one().makeFile().mode("wb").buffering(buffer).open();
      OutputStream out = file.output();
      ends.one().setTimeout(SHORT);
      int kept =
          buffer > LARGE.length ? LARGE.length : 0; // else a write says no more than it failed
      if (kept > 0) {
        call(() -> {
          out.write(data);
          return null;
        });
        assertThrows(TimedOutException.class, () -> run(out::flush));
        Task<byte[]> receiving = start(() -> receive(ends.other(), data.length));
        ends.one().setTimeout(LONG);
        run(file::close);
        assertArrayEquals(data, receiving.result());
      } else {
        assertThrows(TimedOutException.class, () -> run(() -> out.write(data)));
        Task<byte[]> receiving = start(() -> receiveAll(ends.other()));
        ends.one().setTimeout(LONG);
        run(file::close);
        ends.one().close();
        byte[] received = receiving.result();
        for (int i = 0; i < received.length; i++) {
          assertEquals(data[i], received[i], "a beginning, and none of it twice");
        }
      }
      ends.one().close();
      assertEquals(0, ends.other().recv(1).length);
    }
  }

  @Test
  void textThatIsWrittenWhileNobodyReadsIsSentOnceAndInOrder() throws Exception {
    Ends ends = ends();
    SocketFile file = ends.one().makeFile().mode("w").newline("\n").buffering(64).open();
    Writer writer = file.writer();
    ends.one().setTimeout(SHORT);
    StringBuilder written = new StringBuilder();
    String[] rest = {""};
    assertThrows(
        TimedOutException.class,
        () ->
            run(() -> {
              for (int i = 0; true; i++) {
                String line = "grüß \uD83D\uDE00 " + i + "\n";
                written.append(line);
                rest[0] = line.substring(6);
                writer.write(line.substring(0, 6)); // cuts a pair in two
                rest[0] = "";
                writer.write(line.substring(6));
              }
            }));
    ends.one().setTimeout(LONG);
    Task<byte[]> receiving = start(() -> receiveAll(ends.other()));
    run(() -> writer.write(rest[0]));
    run(file::close);
    ends.one().close();
    String received = new String(receiving.result(), UTF_8);
    assertEquals(written.toString(), received, "what was written is sent, timeout or not");
  }

  @Test
  void aClosedFileIsNoneThoughItsSocketIsOpen() throws Exception {
    Ends ends = ends();
    SocketFile file = ends.one().makeFile("rw");
    send(ends, "a\nb\n");
    assertEquals("a\n", call(file::readLine));
    Reader reader = file.reader();
    Writer writer = file.writer();
    InputStream input = file.input();
    OutputStream output = file.output();
    file.close();
    for (Executable use :
        new Executable[] {
          file::readLine,
          reader::read,
          () -> reader.read(new char[3]),
          input::read,
          () -> output.write(1),
          output::flush,
          file::flush,
          () -> {
            writer.write("x");
            writer.flush();
          }
        }) {
      assertThrows(ClosedException.class, use);
    }
    writer.close();
    output.close();
    ends.one().sendAll(Data.of(3));
    assertArrayEquals(Data.of(3), receive(ends.other(), 3));
  }

  @Test
  void closingSendsWhatWasWritten() throws Exception {
    Ends ends = ends();
    SocketFile bytes = ends.one().makeFile("wb");
    bytes.output().write(Data.of(5));
    bytes.close();
    assertArrayEquals(Data.of(5), receive(ends.other(), 5));
    SocketFile text = ends.one().makeFile("w");
    text.writer().write("text");
    text.close();
    assertArrayEquals("text".getBytes(US_ASCII), receive(ends.other(), 4));
  }

  @Test
  void closingAStreamOfItDoesNotCloseTheFile() throws Exception {
    Ends ends = ends();
    try (SocketFile file = ends.one().makeFile("rwb")) {
      ends.other().sendAll(new byte[] {1, 2});
      assertEquals(1, call(() -> file.input().read()));
      file.input().close();
      assertEquals(2, call(() -> file.input().read()));
      file.output().write(3);
      file.output().close();
      file.output().write(4);
      file.flush();
      assertArrayEquals(new byte[] {3, 4}, receive(ends.other(), 2));
    }
  }

  @Test
  void malformedTextIsAnErrorUnlessSetOtherwise() throws Exception {
    Ends ends = ends();
    ends.other().sendAll(new byte[] {'a', (byte) 0xff, '\n'});
    try (SocketFile file =
        ends.one().makeFile().mode("").errors(CodingErrorAction.REPLACE).open()) {
      assertEquals("a\uFFFD\n", call(file::readLine));
    }
    ends.other().sendAll(new byte[] {(byte) 0xff, '\n'});
    try (SocketFile file = ends.one().makeFile("r")) {
      assertThrows(MalformedInputException.class, () -> call(file::readLine));
    }
  }

  @Test
  void malformedBytesFailOneReadAndTheNextGoesOnBehindThem() throws Exception {
    Ends ends = ends();
    ends.other().sendAll("one\na\377b\nc\n\342\202".getBytes(ISO_8859_1));
    ends.other().close();
    try (SocketFile file = ends.one().makeFile("r")) {
      assertEquals("one\n", call(file::readLine), "what is well is not held up");
      assertThrows(MalformedInputException.class, () -> call(file::readLine));
      assertEquals("ab\n", call(file::readLine));
      assertEquals("c\n", call(file::readLine));
      assertThrows(MalformedInputException.class, () -> call(file::readLine), "cut at the end");
      assertNull(call(file::readLine));
    }
  }

  @Test
  void aReadThatTimesOutWithinACharacterLosesNothing() throws Exception {
    Ends ends = ends();
    try (SocketFile file = ends.one().makeFile("r")) {
      ends.other().sendAll("\u20ac\uD83D\uDE00".getBytes(UTF_8), 0, 5);
      ends.one().setTimeout(SHORT);
      assertThrows(TimedOutException.class, () -> call(file::readLine));
      ends.one().setTimeout(LONG);
      ends.other().sendAll("\u20ac\uD83D\uDE00\n".getBytes(UTF_8), 5, 3);
      assertEquals("\u20ac\uD83D\uDE00\n", call(file::readLine));
    }
  }

  @Test
  void textThatCannotBeEncodedSendsNothing() throws Exception {
    Ends ends = ends();
    SocketFile file = ends.one().makeFile().mode("w").encoding(US_ASCII).buffering(1).open();
    Writer writer = file.writer();
    for (String text : new String[] {"ab\u20accd", "x".repeat(100_000) + "\u20ac"}) {
      assertThrows(UnmappableCharacterException.class, () -> run(() -> writer.write(text)));
    }
    run(() -> writer.write("well"));
    run(file::close);
    ends.one().close();
    assertEquals("well", new String(receiveAll(ends.other()), US_ASCII));
  }

  @Test
  void halfAPairIsAnErrorOnceNoOtherHalfComes() throws Exception {
    Ends ends = ends();
    SocketFile file = ends.one().makeFile("w");
    Writer writer = file.writer();
    run(() -> writer.write("a\uD83D"));
    run(() -> writer.write("\uDE00b\uD83D"));
    assertThrows(MalformedInputException.class, () -> run(file::flush));
    run(file::flush);
    run(() -> writer.write("c\uD83D"));
    assertThrows(MalformedInputException.class, () -> run(() -> writer.write("d")));
    run(() -> writer.write("e\uD83D"));
    assertThrows(MalformedInputException.class, () -> run(file::close));
    ends.one().close();
    assertEquals("a\uD83D\uDE00bce", new String(receiveAll(ends.other()), UTF_8));
  }

  @Test
  void halfAPairBecomesWhatMalformedTextIsSetToBecome() throws Exception {
    for (CodingErrorAction action :
        new CodingErrorAction[] {CodingErrorAction.REPLACE, CodingErrorAction.IGNORE}) {
      Ends ends = ends();
      SocketFile file = ends.one().makeFile().mode("w").errors(action).open();
      run(() -> file.writer().write("a\uD83D"));
      run(file::close);
      ends.one().close();
      String left = action == CodingErrorAction.REPLACE ? "a?" : "a";
      assertEquals(left, new String(receiveAll(ends.other()), UTF_8));
    }
  }

  private static final int THREADS = 4;
  private static final int TIMES = 2_000;

  @Test
  void whatSeveralThreadsWriteIsSentOnceAndEachWriteWhole() throws Exception {
    int length = 100;
    for (boolean text : new boolean[] {false, true}) {
      Ends ends = ends();
      SocketFile file = ends.one().makeFile(text ? "w" : "wb");
      Task<byte[]> receiving = start(() -> receiveAll(ends.other()));
      List<Task<String>> writing = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        String part = Character.toString('a' + i).repeat(length);
        writing.add(
            startRun(() -> {
              for (int time = 0; time < TIMES; time++) {
                if (text) {
                  file.writer().write(part);
                } else {
                  file.output().write(part.getBytes(US_ASCII));
                }
              }
            }));
      }
      for (Task<String> task : writing) {
        assertEquals("", task.result());
      }
      run(file::close);
      ends.one().close();
      byte[] received = receiving.result();
      assertEquals(THREADS * TIMES * length, received.length);
      for (int i = 0; i < received.length; i++) {
        assertEquals(received[i - i % length], received[i], "a write is whole");
      }
    }
  }

  @Test
  void eachLineGoesToOneOfSeveralReaders() throws Exception {
    Ends ends = ends();
    SocketFile file = ends.one().makeFile("r");
    List<Task<List<String>>> reading = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      reading.add(start(() -> readLines(file)));
    }
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < TIMES; i++) {
      sent.add("line " + i + "\n");
    }
    send(ends, String.join("", sent));
    ends.other().close();
    List<String> read = new ArrayList<>();
    for (Task<List<String>> task : reading) {
      read.addAll(task.result());
    }
    Collections.sort(sent);
    Collections.sort(read);
    assertEquals(sent, read);
    file.close();
  }

  private static List<String> readLines(SocketFile file) throws IOException {
    List<String> lines = new ArrayList<>();
    String line;
    while ((line = file.readLine()) != null) {
      lines.add(line);
    }
    return lines;
  }
}
