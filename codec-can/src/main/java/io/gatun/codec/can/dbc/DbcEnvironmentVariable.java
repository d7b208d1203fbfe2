package io.gatun.codec.can.dbc;

import java.util.List;
import java.util.Map;

/**
 * A variable of the tools, which goes over no bus.
 *
 * @param name its long name, where the file has one
 * @param type as the file has it: 0 whole number, 1 floating-point number, 2 text
 * @param minimum the least value
 * @param maximum the greatest value
 * @param unit empty for none
 * @param initial the value at the beginning
 * @param id as the file has it
 * @param accessType as the file has it
 * @param accessNodes the names of nodes
 * @param dataSize bytes of a variable that has raw data; 0 for none
 * @param comment empty for none
 * @param attributes those that the file sets for this variable, as in {@link DbcSignal}
 */
public record DbcEnvironmentVariable(
    String name,
    int type,
    double minimum,
    double maximum,
    String unit,
    double initial,
    int id,
    String accessType,
    List<String> accessNodes,
    int dataSize,
    String comment,
    Map<String, Object> attributes) {
  /** Makes a variable, and copies the collections. */
  public DbcEnvironmentVariable {
    accessNodes = List.copyOf(accessNodes);
    attributes = Copy.of(attributes);
  }
}
