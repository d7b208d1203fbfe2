package io.gatun.os;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Optional;

/**
 * sendfile(2), whose arguments stand in another order on each system, and one of which is the
 * address of a number: where to begin, how much, or how much it was. Their names in the prototype
 * say what they are.
 */
record Sendfile(Prototype prototype) {
  /** The host's, or nothing where the system has none. */
  static final Optional<Sendfile> HOST =
      Optional.ofNullable(Abi.HOST.prototypes().get("sendfile")).map(Sendfile::of);

  /** int (int socket, int file, long offset, long count, long cell, int zero, long none). */
  private static final List<String> CANONICAL =
      List.of(
          "int socket", "int file", "off_t offset", "size_t count", "cell", "int flags", "extra");

  static Sendfile of(String prototype) {
    return new Sendfile(Prototype.of(prototype));
  }

  /** Which of our arguments takes this place. */
  private static int source(String argument) {
    if (argument.startsWith("struct ")) {
      return CANONICAL.indexOf("extra");
    }
    return CANONICAL.indexOf(argument.contains("*") ? "cell" : argument);
  }

  /** What the number whose address is given has to be before the call. */
  long cell(long offset, long count) {
    for (String argument : prototype.arguments()) {
      if (argument.endsWith("*offset")) {
        return offset;
      }
      if (argument.endsWith("*count")) {
        return count;
      }
    }
    return 0;
  }

  /** Whether the number of bytes is the result; otherwise the cell has it, even after a failure. */
  boolean countIsResult() {
    return prototype.returns().equals("ssize_t");
  }

  MemoryLayout result() {
    return Prototype.layout(prototype.returns());
  }

  MemoryLayout[] layouts() {
    return prototype.arguments().stream().map(Prototype::layout).toArray(MemoryLayout[]::new);
  }

  /**
   * Makes a handle of the system's function take the arguments in our order.
   *
   * @param function takes the capture segment, then the system's arguments
   * @return long (MemorySegment, int socket, int file, long offset, long count, long cell)
   */
  MethodHandle inOrder(MethodHandle function) {
    MethodType canonical =
        MethodType.methodType(
            long.class,
            MemorySegment.class,
            int.class,
            int.class,
            long.class,
            long.class,
            long.class,
            int.class,
            long.class);
    List<String> arguments = prototype.arguments();
    int[] order = new int[arguments.size() + 1];
    for (int i = 0; i < arguments.size(); i++) {
      order[i + 1] = 1 + source(arguments.get(i));
    }
    MethodHandle widened =
        MethodHandles.explicitCastArguments(function, function.type().changeReturnType(long.class));
    return MethodHandles.insertArguments(
        MethodHandles.permuteArguments(widened, canonical, order), 6, 0, 0L);
  }
}
