package io.gatun.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.nio.charset.CodingErrorAction;
import java.nio.charset.MalformedInputException;
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
  void anEndThatStaysAsItIsIsWhole() throws Exception {
    Ends ends = ends();
    try (SocketFile file = ends.one().makeFile().mode("r").newline("").open()) {
      send(ends, "a\r\nb\rc\nd");
      ends.other().close();
      for (String line : new String[] {"a\r\n", "b\r", "c\n", "d"}) {
        assertEquals(line, call(file::readLine));
      }
      assertEquals(null, call(file::readLine));
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
    assertThrows(
        TimedOutException.class,
        () ->
            run(() -> {
              for (int i = 0; true; i++) {
                String line = "grüß \uD83D\uDE00 " + i + "\n";
                writer.write(line.substring(0, 6)); // cuts a pair in two
                writer.write(line.substring(6));
                written.append(line);
              }
            }));
    ends.one().setTimeout(LONG);
    Task<byte[]> receiving = start(() -> receiveAll(ends.other()));
    run(file::close);
    ends.one().close();
    String received = new String(receiving.result(), UTF_8);
    int whole = Math.min(received.length(), written.length());
    assertEquals(written.substring(0, whole), received.substring(0, whole));
    assertEquals(written.length(), whole, "what a write took is sent");
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
}
