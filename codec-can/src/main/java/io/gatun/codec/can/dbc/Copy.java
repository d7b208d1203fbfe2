package io.gatun.codec.can.dbc;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Copies that stay as they are, in the file's order. */
final class Copy {
  private Copy() {}

  static <K, V> Map<K, V> of(Map<K, V> map) {
    return map.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
