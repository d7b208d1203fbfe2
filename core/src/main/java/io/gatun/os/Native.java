package io.gatun.os;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Optional;

/** Links C functions. With {@link Memory}, the only user of restricted methods in this module. */
@SuppressWarnings("restricted")
public final class Native {
  /** The errno (on Windows also the two last errors) that a capturing call leaves behind. */
  public static final StructLayout CAPTURE = Linker.Option.captureStateLayout();

  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBC = LINKER.defaultLookup();
  private static final Linker.Option[] NO_OPTIONS = {};

  private Native() {}

  /** Finds a symbol of the C library. */
  public static Optional<MemorySegment> find(String symbol) {
    return LIBC.find(symbol).or(() -> findInPthread(symbol));
  }

  /** Before glibc 2.34 threads had a library of their own, which the default lookup leaves out. */
  private static Optional<MemorySegment> findInPthread(String symbol) {
    if (!symbol.startsWith("pthread_")) {
      return Optional.empty();
    }
    try {
      return SymbolLookup.libraryLookup("libpthread.so.0", Arena.global()).find(symbol);
    } catch (IllegalArgumentException none) {
      return Optional.empty();
    }
  }

  /**
   * Links a function; its handle takes the capture segment first.
   *
   * @param returns the layout of the result
   * @param arguments the layouts of the arguments
   */
  public static MethodHandle capturing(
      String symbol, MemoryLayout returns, MemoryLayout... arguments) {
    return link(symbol, returns, arguments, Linker.Option.captureCallState(captured()));
  }

  /** Links a function whose arguments from {@code firstVariadic} on are variadic. */
  static MethodHandle variadic(
      String symbol, int firstVariadic, MemoryLayout returns, MemoryLayout... arguments) {
    return link(
        symbol,
        returns,
        arguments,
        Linker.Option.captureCallState(captured()),
        Linker.Option.firstVariadicArg(firstVariadic));
  }

  /** Links a function whose errno nobody asks for. */
  static MethodHandle plain(String symbol, MemoryLayout returns, MemoryLayout... arguments) {
    return link(symbol, returns, arguments, NO_OPTIONS);
  }

  /** Links a function that returns nothing. */
  static MethodHandle plainVoid(String symbol, MemoryLayout... arguments) {
    return LINKER.downcallHandle(resolve(symbol), FunctionDescriptor.ofVoid(arguments));
  }

  private static MethodHandle link(
      String symbol, MemoryLayout returns, MemoryLayout[] arguments, Linker.Option... options) {
    return LINKER.downcallHandle(
        resolve(symbol), FunctionDescriptor.of(returns, arguments), options);
  }

  private static MemorySegment resolve(String symbol) {
    return find(symbol)
        .orElseThrow(
            () -> new UnsupportedOperationException("the C library has no function " + symbol));
  }

  private static String captured() {
    return Abi.HOST.os() == Os.WINDOWS ? "WSAGetLastError" : "errno";
  }

  static long capturedOffset() {
    return CAPTURE.byteOffset(MemoryLayout.PathElement.groupElement(captured()));
  }

  /** A downcall throws nothing of its own: what arrives here is a mistake in a descriptor. */
  public static AssertionError unexpected(Throwable thrown, Object... call) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return new AssertionError("foreign call " + Arrays.toString(call), thrown);
  }
}
