package io.gatun.codec.can.dbc;

import java.util.Map;

/**
 * A node of the bus.
 *
 * @param name its long name, where the file has one
 * @param comment empty for none
 * @param attributes those that the file sets for this node, as in {@link DbcSignal}
 */
public record DbcNode(String name, String comment, Map<String, Object> attributes) {
  /** Makes a node, and copies the map. */
  public DbcNode {
    attributes = Copy.of(attributes);
  }
}
