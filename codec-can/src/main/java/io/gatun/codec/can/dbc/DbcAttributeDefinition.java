package io.gatun.codec.can.dbc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an attribute may be.
 *
 * @param name of the attribute
 * @param scope what may have it
 * @param type INT, HEX, FLOAT, STRING or ENUM
 * @param minimum the least value; null if the file names no range
 * @param maximum the greatest value; null if the file names no range
 * @param choices the words of an ENUM
 * @param defaultValue what it is where it is not set: a Long, Double or String, of an ENUM the
 *     word; null if the file does not say
 */
public record DbcAttributeDefinition(
    String name,
    Scope scope,
    String type,
    @Nullable Double minimum,
    @Nullable Double maximum,
    List<String> choices,
    @Nullable Object defaultValue) {
  /** What may have an attribute. */
  public enum Scope {
    /** The database itself. */
    DATABASE,
    /** A node. */
    NODE,
    /** A message. */
    MESSAGE,
    /** A signal. */
    SIGNAL,
    /** An environment variable. */
    ENVIRONMENT_VARIABLE
  }

  /** Makes a definition, and copies the list. */
  public DbcAttributeDefinition {
    choices = List.copyOf(choices);
  }

  boolean isWhole() {
    return type.equals("INT") || type.equals("HEX");
  }

  boolean isEnum() {
    return type.equals("ENUM");
  }
}
