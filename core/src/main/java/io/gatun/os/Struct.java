package io.gatun.os;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The layout of a C struct as plain data: its name, size and the place of each field.
 *
 * <p>Layouts are data and not {@code MemoryLayout}s, because one {@link Abi} is described on
 * machines of another kind (to check it against that system's headers), and because the hot path
 * wants nothing but constant offsets.
 *
 * @param name the name in C, such as {@code struct msghdr}
 * @param size {@code sizeof} in bytes
 * @param fields the fields by their C name, in order
 */
public record Struct(String name, int size, SequencedMap<String, Field> fields) {
  /**
   * One field of a struct.
   *
   * @param offset its distance from the beginning in bytes
   * @param size its length in bytes
   */
  public record Field(int offset, int size) {}

  static Struct of(String name, int size) {
    return new Struct(name, size, new LinkedHashMap<>());
  }

  Struct field(String field, int offset, int bytes) {
    LinkedHashMap<String, Field> more = new LinkedHashMap<>(fields);
    if (offset + bytes > size || more.put(field, new Field(offset, bytes)) != null) {
      throw new IllegalArgumentException(
          name + "." + field + " is outside the struct or named twice");
    }
    return new Struct(name, size, more);
  }

  /**
   * Returns whether the system's struct has this field, as {@code sa_len} on macOS and the BSDs.
   */
  public boolean has(String field) {
    return fields.containsKey(field);
  }

  /** Returns whether a field has 8 bytes and not 4, as lengths do on some systems. */
  public boolean isWide(String field) {
    return get(field).size() == Long.BYTES;
  }

  /** Returns the offset of a field in bytes. */
  public int offset(String field) {
    return get(field).offset();
  }

  private Field get(String field) {
    Field found = ((Map<String, Field>) fields).get(field);
    if (found == null) {
      throw new IllegalArgumentException(name + " has no field " + field);
    }
    return found;
  }

  /** Reads an integer field of the struct at an address; narrower fields are read unsigned. */
  public long get(long struct, String field) {
    Field f = get(field);
    return switch (f.size()) {
      case 1 -> Memory.getByte(struct + f.offset()) & 0xffL;
      case 2 -> Memory.getShort(struct + f.offset()) & 0xffffL;
      case 4 -> Memory.getInt(struct + f.offset()) & 0xffff_ffffL;
      case 8 -> Memory.getLong(struct + f.offset());
      default -> throw new IllegalArgumentException(name + "." + field + " is not an integer");
    };
  }

  /** Writes an integer field of the struct at an address. */
  public void set(long struct, String field, long value) {
    Field f = get(field);
    switch (f.size()) {
      case 1 -> Memory.setByte(struct + f.offset(), (byte) value);
      case 2 -> Memory.setShort(struct + f.offset(), (short) value);
      case 4 -> Memory.setInt(struct + f.offset(), (int) value);
      case 8 -> Memory.setLong(struct + f.offset(), value);
      default -> throw new IllegalArgumentException(name + "." + field + " is not an integer");
    }
  }
}
