package io.gatun.error;

import org.jspecify.annotations.Nullable;

/** An address that can say more about an error than errno does: which limit it breaks, say. */
public interface ErrorDetail {
  /**
   * {@return what to add to the message, or null if there is nothing to add}
   *
   * @param errno the positive error number
   */
  @Nullable String errorDetail(int errno);
}
