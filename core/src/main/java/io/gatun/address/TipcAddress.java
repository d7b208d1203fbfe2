package io.gatun.address;

/**
 * An address of the cluster's own protocol; Linux only. What the numbers mean is said by the type,
 * one of the constants that begin with TIPC_ADDR:
 *
 * <table>
 * <caption>The numbers</caption>
 * <tr><td>NAMESEQ</td><td>a service, the lower and the upper end of its range</td></tr>
 * <tr><td>NAME</td><td>a service, an instance, the domain where to look it up (0 for all)</td></tr>
 * <tr><td>ID</td><td>a node, a reference, 0</td></tr>
 * </table>
 *
 * @param type TIPC_ADDR_NAMESEQ, TIPC_ADDR_NAME or TIPC_ADDR_ID
 * @param v1 the first number
 * @param v2 the second
 * @param v3 the third
 * @param scope how far a name is known: TIPC_NODE_SCOPE, say; −128 to 127
 */
public record TipcAddress(int type, int v1, int v2, int v3, int scope) implements OtherAddress {
  static final int NAMESEQ = 1;
  static final int NAME = 2;
  static final int ID = 3;

  /** The scope that an address has that names none: the cluster. */
  private static final int CLUSTER_SCOPE = 2;

  /**
   * Makes an address.
   *
   * @throws IllegalArgumentException if the type is none of the three, or the scope out of range
   */
  public TipcAddress {
    if (type < NAMESEQ || type > ID) {
      throw new IllegalArgumentException("TIPC has no type of address " + type);
    }
    if (scope != (byte) scope) {
      throw new IllegalArgumentException("scope " + scope + " is not in -128..127");
    }
    if (type == ID && v3 != 0) {
      throw new IllegalArgumentException("a TIPC id has two numbers, and the third is 0");
    }
  }

  /** {@return a range of instances of a service, known in the cluster} */
  public static TipcAddress range(int service, int lower, int upper) {
    return new TipcAddress(NAMESEQ, service, lower, upper, CLUSTER_SCOPE);
  }

  /** {@return an instance of a service, to be looked up in all of the cluster} */
  public static TipcAddress name(int service, int instance) {
    return new TipcAddress(NAME, service, instance, 0, CLUSTER_SCOPE);
  }

  /** {@return a socket by its node and reference} */
  public static TipcAddress id(int node, int reference) {
    return new TipcAddress(ID, node, reference, 0, 0);
  }

  @Override
  public AddressFamily family() {
    return OtherAddress.familyOf("AF_TIPC");
  }

  @Override
  public String toString() {
    return "tipc:"
        + type
        + ","
        + Integer.toUnsignedString(v1)
        + ","
        + Integer.toUnsignedString(v2)
        + ","
        + Integer.toUnsignedString(v3)
        + ","
        + (scope & 0xff);
  }
}
