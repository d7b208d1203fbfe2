package io.gatun.address;

import io.gatun.os.Abi;
import java.util.Map;

/** The C names of numbers. */
final class Names {
  private Names() {}

  /** {@return the host's first constant with this prefix and number, or the number} */
  static String of(int number, String prefix) {
    return Abi.HOST.constants().entrySet().stream()
        .filter(entry -> entry.getValue() == number && entry.getKey().startsWith(prefix))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseGet(() -> Integer.toString(number));
  }

  static String check(String name, String prefix) {
    if (!name.startsWith(prefix)) {
      throw new IllegalArgumentException(name + " does not begin with " + prefix);
    }
    return name;
  }
}
