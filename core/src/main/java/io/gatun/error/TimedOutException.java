package io.gatun.error;

import io.gatun.os.Errno;
import java.math.BigDecimal;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A timeout that the program set is over: {@code connect 192.0.2.1:80: timed out after 1.5 s}. Its
 * errno is ETIMEDOUT.
 */
public final class TimedOutException extends SocketTimeoutException implements SocketError {
  private static final long serialVersionUID = 1;

  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1000 * MILLI;

  private final String call;

  /**
   * Makes the exception.
   *
   * @param call the call that had to end in time, by its C name
   * @param address the address that was asked for, or null if the call has none
   * @param nanos the whole timeout in nanoseconds, not what was left of it
   */
  public TimedOutException(String call, @Nullable Object address, long nanos) {
    super(SocketErrors.subject(call, address) + ": timed out after " + text(nanos));
    this.call = call;
  }

  private static String text(long nanos) {
    if (nanos >= SECOND || nanos == 0) {
      return text(nanos, 9, " s");
    }
    return nanos >= MILLI ? text(nanos, 6, " ms") : text(nanos, 3, " µs");
  }

  private static String text(long nanos, int scale, String unit) {
    return BigDecimal.valueOf(nanos, scale).stripTrailingZeros().toPlainString() + unit;
  }

  @Override
  public String call() {
    return call;
  }

  @Override
  public int errno() {
    return Errno.ETIMEDOUT;
  }
}
