package io.gatun.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/** Links C functions. With {@link Memory}, the only user of restricted methods in this module. */
@SuppressWarnings("restricted")
public final class Native {
  /** The errno (on Windows also the two last errors) that a capturing call leaves behind. */
  public static final StructLayout CAPTURE = Linker.Option.captureStateLayout();

  private static final boolean WINDOWS = Abi.HOST.os() == Os.WINDOWS;

  /**
   * A socket in a call that Windows has too. There it is a SOCKET of 8 bytes; but handles have only
   * 32 significant bits, so that programs of 32 bits can share them, and an int holds one.
   */
  static final ValueLayout DESCRIPTOR = WINDOWS ? JAVA_LONG.withName("SOCKET") : JAVA_INT;

  /** A number of bytes in such a call: size_t, and on Windows int. */
  static final ValueLayout SIZE = WINDOWS ? JAVA_INT.withName("length") : JAVA_LONG;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LIBC = WINDOWS ? win32() : LINKER.defaultLookup();
  private static final Linker.Option[] NO_OPTIONS = {};

  private Native() {}

  private static SymbolLookup win32() {
    return SymbolLookup.libraryLookup("ws2_32", Arena.global())
        .or(SymbolLookup.libraryLookup("kernel32", Arena.global()))
        .or(SymbolLookup.libraryLookup("iphlpapi", Arena.global()));
  }

  /** Finds a symbol of the C library; on Windows, of Winsock, the kernel's library and iphlpapi. */
  public static Optional<MemorySegment> find(String symbol) {
    if (Abi.WITHOUT.contains(symbol)) {
      return Optional.empty();
    }
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

  /** Links a function of another library; see {@link #capturing}. */
  public static MethodHandle capturing(
      MemorySegment function, MemoryLayout returns, MemoryLayout... arguments) {
    return link(function, returns, arguments, Linker.Option.captureCallState(captured()));
  }

  /** Links a function of Winsock that has no symbol, only a GUID; see {@link #capturing}. */
  public static MethodHandle extension(
      String guid, MemoryLayout returns, MemoryLayout... arguments) {
    return capturing(Winsock.extension(UUID.fromString(guid)), returns, arguments);
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
  public static MethodHandle plain(String symbol, MemoryLayout returns, MemoryLayout... arguments) {
    return link(symbol, returns, arguments, NO_OPTIONS);
  }

  /** Links a function of another library whose errno nobody asks for. */
  public static MethodHandle plain(
      MemorySegment function, MemoryLayout returns, MemoryLayout... arguments) {
    return link(function, returns, arguments, NO_OPTIONS);
  }

  /** Links a function that returns nothing. */
  static MethodHandle plainVoid(String symbol, MemoryLayout... arguments) {
    return LINKER.downcallHandle(resolve(symbol), FunctionDescriptor.ofVoid(arguments));
  }

  private static MethodHandle link(
      String symbol, MemoryLayout returns, MemoryLayout[] arguments, Linker.Option... options) {
    return link(resolve(symbol), returns, arguments, options);
  }

  private static MethodHandle link(
      MemorySegment function,
      MemoryLayout returns,
      MemoryLayout[] arguments,
      Linker.Option... options) {
    MethodHandle handle =
        LINKER.downcallHandle(function, FunctionDescriptor.of(returns, arguments), options);
    return WINDOWS ? withPosixTypes(handle, returns, arguments) : handle;
  }

  /** Makes a {@link #DESCRIPTOR} an int and a {@link #SIZE} a long, as they are elsewhere. */
  private static MethodHandle withPosixTypes(
      MethodHandle handle, MemoryLayout returns, MemoryLayout[] arguments) {
    MethodType type = handle.type();
    int first = type.parameterCount() - arguments.length;
    for (int i = 0; i < arguments.length; i++) {
      Class<?> is = type.parameterType(first + i);
      type = type.changeParameterType(first + i, posixType(arguments[i], is));
    }
    type = type.changeReturnType(posixType(returns, type.returnType()));
    return MethodHandles.explicitCastArguments(handle, type);
  }

  private static Class<?> posixType(MemoryLayout layout, Class<?> otherwise) {
    if (layout.equals(DESCRIPTOR)) {
      return int.class;
    }
    return layout.equals(SIZE) ? long.class : otherwise;
  }

  private static MemorySegment resolve(String symbol) {
    return find(symbol)
        .orElseThrow(
            () -> new UnsupportedOperationException("the system has no function " + symbol));
  }

  private static String captured() {
    return WINDOWS ? "WSAGetLastError" : "errno";
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
