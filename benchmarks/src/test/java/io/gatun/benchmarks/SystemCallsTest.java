package io.gatun.benchmarks;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.benchmarks.echo.GatunEcho;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The system calls of the hot path are those of a C program: counted, not timed. */
final class SystemCallsTest {
  private static final int CONNECTIONS = 16;
  private static final int EACH = 250;
  private static final int MESSAGES = CONNECTIONS * EACH;

  /** Of the JVM itself, seldom: waits of its compilers and collectors, and loading of classes. */
  private static final int OTHERS = MESSAGES / 10;

  @BeforeAll
  static void trace() {
    String why = Trace.unavailability();
    assumeTrue(why == null, why);
  }

  @Test
  void epollReceivesOnceAndSendsOnceAMessageAndAddsEachConnectionOnce() throws IOException {
    Map<String, Long> calls = serve("epoll");
    assertEquals(CONNECTIONS, take(calls, "epoll_ctl"), "added once, removed by close");
    assertWaits(take(calls, "epoll_wait"));
    assertRest(calls);
  }

  @Test
  void pollReceivesOnceAndSendsOnceAMessage() throws IOException {
    Map<String, Long> calls = serve("poll");
    assertWaits(take(calls, "ppoll"));
    assertRest(calls);
  }

  private static Map<String, Long> serve(String transport) throws IOException {
    List<String> server = ServerProcess.java(GatunEcho.class, transport);
    return new HashMap<>(SystemCalls.ofServer(server, CONNECTIONS, EACH));
  }

  private static long take(Map<String, Long> calls, String call) {
    Long count = calls.remove(call);
    return count == null ? 0 : count;
  }

  /** One wait serves all that is ready, so there are never more waits than messages and ends. */
  private static void assertWaits(long waits) {
    assertTrue(waits <= MESSAGES + 2 * CONNECTIONS, waits + " waits for " + MESSAGES + " messages");
  }

  private static void assertRest(Map<String, Long> calls) {
    assertEquals(MESSAGES + CONNECTIONS, take(calls, "recvfrom"), "a message or an end each");
    assertEquals(MESSAGES, take(calls, "sendto"), "a message each");
    long others = calls.values().stream().mapToLong(Long::longValue).sum();
    assertTrue(others < OTHERS, "others that grow with the messages: " + calls);
  }

  @Test
  void aSocketMakesOneCallOrWaitsInPoll() throws IOException {
    Map<TracedSocket.Phase, Map<String, Long>> phases = SystemCalls.ofSocket(EACH);
    assertAll(phases.entrySet().stream().map(phase -> check(phase.getKey(), phase.getValue())));
  }

  private static Executable check(TracedSocket.Phase phase, Map<String, Long> all) {
    return () -> {
      Map<String, Long> calls = new HashMap<>(all);
      String message = phase + ": " + all;
      long ends = phase.waits() ? 1 : 2; // the ends of the connection that the thread uses
      assertEquals(ends * EACH, take(calls, "sendto"), message);
      long waits = take(calls, "ppoll");
      long received = take(calls, "recvfrom");
      if (phase.timeout() && phase.waits()) {
        // The first call cannot know that nothing is there yet, nor can one whose answer came while
        // it was not waiting.
        assertTrue(waits <= EACH && received <= EACH + waits, message);
      } else {
        assertEquals(0, waits, message);
        assertEquals(ends * EACH, received, message);
      }
      long others = calls.values().stream().mapToLong(Long::longValue).sum();
      assertTrue(others < EACH / 2, message);
    };
  }
}
