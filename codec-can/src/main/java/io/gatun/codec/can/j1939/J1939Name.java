package io.gatun.codec.can.j1939;

import io.gatun.codec.can.CanData;

/**
 * Who a node is, wherever its address (SAE J1939-81): 64 bits, of which no two nodes of a bus have
 * the same. The lesser one, as an unsigned number, wins an address; it is the natural order.
 *
 * @param arbitraryAddressCapable whether it takes another address when it loses one
 * @param industryGroup 3 bits
 * @param vehicleSystemInstance 4 bits
 * @param vehicleSystem 7 bits
 * @param function 8 bits
 * @param functionInstance 5 bits
 * @param ecuInstance 3 bits
 * @param manufacturer 11 bits
 * @param identity 21 bits
 */
public record J1939Name(
    boolean arbitraryAddressCapable,
    int industryGroup,
    int vehicleSystemInstance,
    int vehicleSystem,
    int function,
    int functionInstance,
    int ecuInstance,
    int manufacturer,
    int identity)
    implements Comparable<J1939Name> {
  // Where the fields are; bit 48 is reserved.
  private static final int MANUFACTURER = 21;
  private static final int ECU_INSTANCE = 32;
  private static final int FUNCTION_INSTANCE = 35;
  private static final int FUNCTION = 40;
  private static final int VEHICLE_SYSTEM = 49;
  private static final int VEHICLE_SYSTEM_INSTANCE = 56;
  private static final int INDUSTRY_GROUP = 60;
  private static final int ARBITRARY = 63;

  /**
   * Makes a name.
   *
   * @throws IllegalArgumentException if a field has more bits
   */
  public J1939Name {
    check("industry group", industryGroup, 3);
    check("vehicle system instance", vehicleSystemInstance, 4);
    check("vehicle system", vehicleSystem, 7);
    check("function", function, 8);
    check("function instance", functionInstance, 5);
    check("ECU instance", ecuInstance, 3);
    check("manufacturer", manufacturer, 11);
    check("identity", identity, 21);
  }

  private static void check(String what, int value, int bits) {
    if (value >>> bits != 0) {
      throw new IllegalArgumentException(what + " " + value + " has more than " + bits + " bits");
    }
  }

  /** {@return the name of 64 bits; the reserved one is passed over} */
  public static J1939Name ofRaw(long raw) {
    return new J1939Name(
        raw < 0,
        bits(raw, INDUSTRY_GROUP, 3),
        bits(raw, VEHICLE_SYSTEM_INSTANCE, 4),
        bits(raw, VEHICLE_SYSTEM, 7),
        bits(raw, FUNCTION, 8),
        bits(raw, FUNCTION_INSTANCE, 5),
        bits(raw, ECU_INSTANCE, 3),
        bits(raw, MANUFACTURER, 11),
        bits(raw, 0, 21));
  }

  private static int bits(long raw, int from, int count) {
    return (int) (raw >>> from) & ((1 << count) - 1);
  }

  /** {@return the 64 bits, with a reserved one of 0} */
  public long raw() {
    return (arbitraryAddressCapable ? 1L << ARBITRARY : 0)
        | (long) industryGroup << INDUSTRY_GROUP
        | (long) vehicleSystemInstance << VEHICLE_SYSTEM_INSTANCE
        | (long) vehicleSystem << VEHICLE_SYSTEM
        | (long) function << FUNCTION
        | (long) functionInstance << FUNCTION_INSTANCE
        | (long) ecuInstance << ECU_INSTANCE
        | (long) manufacturer << MANUFACTURER
        | identity;
  }

  /** {@return the eight bytes of a claim, the least significant one first} */
  CanData toData() {
    byte[] bytes = new byte[8];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) (raw() >>> (8 * i));
    }
    return CanData.of(bytes);
  }

  /** {@return the name that bytes begin with} */
  static J1939Name ofData(CanData data) {
    long raw = 0;
    for (int i = 7; i >= 0; i--) {
      raw = raw << 8 | data.get(i);
    }
    return ofRaw(raw);
  }

  @Override
  public int compareTo(J1939Name other) {
    return Long.compareUnsigned(raw(), other.raw());
  }

  /** {@return 16 hexadecimal digits} */
  @Override
  public String toString() {
    return "%016x".formatted(raw());
  }
}
