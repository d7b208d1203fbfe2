package io.gatun.testkit;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Assertions;

/** What a package of Gatun logs while this is open; it goes nowhere else. */
final class Log extends Handler implements AutoCloseable {
  private final Logger logger;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  Log(String name) {
    logger = Logger.getLogger(name);
    logger.setUseParentHandlers(false);
    logger.addHandler(this);
  }

  @Override
  public void publish(LogRecord record) {
    lines.add(record.getMessage());
  }

  /** Waits for a line that contains all of these. */
  void expect(String... parts) throws InterruptedException {
    String line = lines.poll(Task.SECONDS, TimeUnit.SECONDS);
    Assertions.assertNotNull(line, "nothing was logged");
    for (String part : parts) {
      Assertions.assertTrue(line.contains(part), line);
    }
    Assertions.assertEquals(1, line.lines().count(), line);
  }

  /** All that was logged and not looked at. */
  List<String> all() {
    return List.copyOf(lines);
  }

  /** Nothing else was logged. */
  void expectNothing() {
    Assertions.assertEquals(List.of(), List.copyOf(lines));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(true);
  }
}
