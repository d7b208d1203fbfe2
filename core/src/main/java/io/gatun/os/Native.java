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
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

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

  /**
   * What a test puts between this program and the C library. The property names a class, a function
   * from the name of a C function and the handle of it, which takes the capture segment first, to
   * the handle that is called instead. Handles are linked once: without the property, nothing of
   * this is on the way of a call.
   */
  private static final @Nullable BiFunction<String, MethodHandle, MethodHandle> INTERPOSED =
      interposed(System.getProperty("gatun.test.interposer", ""));

  private Native() {}

  @SuppressWarnings("unchecked") // a test's own mistake
  private static @Nullable BiFunction<String, MethodHandle, MethodHandle> interposed(String name) {
    if (name.isEmpty()) {
      return null;
    }
    try {
      return (BiFunction<String, MethodHandle, MethodHandle>)
          Class.forName(name).asSubclass(BiFunction.class).getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static MethodHandle interpose(String symbol, MethodHandle handle) {
    return INTERPOSED == null ? handle : INTERPOSED.apply(symbol, handle);
  }

  private static SymbolLookup win32() {
    return SymbolLookup.libraryLookup("ws2_32", Arena.global())
        .or(SymbolLookup.libraryLookup("kernel32", Arena.global()))
        .or(SymbolLookup.libraryLookup("iphlpapi", Arena.global()));
  }

  /** Finds a symbol of the C library; on Windows, of Winsock, the kernel's library and iphlpapi. */
  public static Optional<MemorySegment> find(String symbol) {
    // What has a prototype is there to be called; only Windows's functions have none.
    if (!WINDOWS && !Abi.HOST.prototypes().containsKey(symbol)) {
      return Optional.empty();
    }
    return LIBC.find(Abi.HOST.symbol(symbol)).or(() -> findInPthread(symbol));
  }

  /**
   * Before glibc 2.34 threads had a library of their own, as they have on NetBSD and OpenBSD: the
   * default lookup leaves it out.
   */
  private static Optional<MemorySegment> findInPthread(String symbol) {
    if (!symbol.startsWith("pthread_")) {
      return Optional.empty();
    }
    for (String library : new String[] {"libpthread.so.0", "libpthread.so"}) {
      try {
        return SymbolLookup.libraryLookup(library, Arena.global()).find(symbol);
      } catch (IllegalArgumentException none) {
        // the next
      }
    }
    return Optional.empty();
  }

  /**
   * Links a function; its handle takes the capture segment first. The system's prototype says how
   * wide the arguments are in C, and which are variadic.
   *
   * @param returns the layout of the result, as Java is to see it
   * @param arguments the layouts of the arguments, as Java passes them
   */
  public static MethodHandle capturing(
      String symbol, MemoryLayout returns, MemoryLayout... arguments) {
    return interpose(
        symbol, link(symbol, returns, arguments, Linker.Option.captureCallState(captured())));
  }

  /**
   * Links a function that may be given memory on the heap, as an {@link ValueLayout#ADDRESS}, and
   * that does not wait: until it returns, the garbage collector does not begin. See {@link
   * #capturing}.
   */
  static MethodHandle critical(String symbol, MemoryLayout returns, MemoryLayout... arguments) {
    return interpose(
        symbol,
        link(
            symbol,
            returns,
            arguments,
            Linker.Option.captureCallState(captured()),
            Linker.Option.critical(true)));
  }

  /** Links a function of another library as the caller says; see {@link #capturing}. */
  public static MethodHandle capturing(
      MemorySegment function, MemoryLayout returns, MemoryLayout... arguments) {
    return link(function, null, returns, arguments, Linker.Option.captureCallState(captured()));
  }

  /** Links a function of another library by its prototype; see {@link #capturing}. */
  public static MethodHandle capturing(
      MemorySegment function,
      Abi abi,
      String symbol,
      MemoryLayout returns,
      MemoryLayout... arguments) {
    return interpose(
        symbol,
        link(
            function,
            prototype(abi, symbol),
            returns,
            arguments,
            Linker.Option.captureCallState(captured())));
  }

  /** Links a function of Winsock whose symbol is a GUID; see {@link #capturing}. */
  public static MethodHandle extension(
      String name, MemoryLayout returns, MemoryLayout... arguments) {
    UUID guid = UUID.fromString(Abi.HOST.symbol(name));
    return interpose(name, capturing(Winsock.extension(guid), returns, arguments));
  }

  /** Links a function whose errno nobody asks for. */
  public static MethodHandle plain(String symbol, MemoryLayout returns, MemoryLayout... arguments) {
    return link(symbol, returns, arguments, NO_OPTIONS);
  }

  /** Links a function of another library by its prototype, whose errno nobody asks for. */
  public static MethodHandle plain(
      MemorySegment function,
      Abi abi,
      String symbol,
      MemoryLayout returns,
      MemoryLayout... arguments) {
    return link(function, prototype(abi, symbol), returns, arguments, NO_OPTIONS);
  }

  /** Links a function that returns nothing. */
  static MethodHandle plainVoid(String symbol, MemoryLayout... arguments) {
    return link(resolve(symbol), prototype(Abi.HOST, symbol), null, arguments);
  }

  private static MethodHandle link(
      String symbol, MemoryLayout returns, MemoryLayout[] arguments, Linker.Option... options) {
    return link(resolve(symbol), prototype(Abi.HOST, symbol), returns, arguments, options);
  }

  private static @Nullable Prototype prototype(Abi abi, String symbol) {
    String declared = abi.prototypes().get(symbol);
    return declared == null ? null : Prototype.of(declared);
  }

  /**
   * Links a function by its prototype. What the caller gives is how Java passes the values, the
   * same on every system; where C has them wider or narrower, they are converted.
   *
   * @param prototype null to link it as the caller says
   * @param returns null for nothing
   */
  private static MethodHandle link(
      MemorySegment function,
      @Nullable Prototype prototype,
      @Nullable MemoryLayout returns,
      MemoryLayout[] arguments,
      Linker.Option... options) {
    MemoryLayout[] layouts = prototype == null ? arguments : prototype.layouts(arguments);
    MemoryLayout result =
        prototype == null || returns == null ? returns : Prototype.layout(prototype.returns());
    Linker.Option[] all = options;
    if (prototype != null && prototype.variadic()) {
      all = Arrays.copyOf(options, options.length + 1);
      all[options.length] = Linker.Option.firstVariadicArg(prototype.arguments().size());
    }
    FunctionDescriptor descriptor =
        result == null
            ? FunctionDescriptor.ofVoid(layouts)
            : FunctionDescriptor.of(result, layouts);
    MethodHandle handle = LINKER.downcallHandle(function, descriptor, all);
    MethodType type = javaType(handle.type(), returns, arguments);
    return type.equals(handle.type()) ? handle : MethodHandles.explicitCastArguments(handle, type);
  }

  /** A handle's type with what the caller gives; a {@link #DESCRIPTOR} is an int in any case. */
  private static MethodType javaType(
      MethodType handle, @Nullable MemoryLayout returns, MemoryLayout[] arguments) {
    MethodType type = handle;
    int first = type.parameterCount() - arguments.length;
    for (int i = 0; i < arguments.length; i++) {
      type = type.changeParameterType(first + i, javaType(arguments[i]));
    }
    return returns == null ? type : type.changeReturnType(javaType(returns));
  }

  private static Class<?> javaType(MemoryLayout layout) {
    if (layout.equals(DESCRIPTOR)) {
      return int.class;
    }
    return layout.equals(SIZE) ? long.class : ((ValueLayout) layout).carrier();
  }

  private static MemorySegment resolve(String symbol) {
    return find(symbol)
        .orElseThrow(
            () -> new UnsupportedOperationException("the system has no function " + symbol));
  }

  private static String captured() {
    return WINDOWS ? "WSAGetLastError" : "errno";
  }

  /** Where a capturing call leaves the errno in {@link #CAPTURE}. */
  public static long capturedOffset() {
    long offset = 0; // by hand: a path of the layout costs ten classes at start-up
    for (MemoryLayout member : CAPTURE.memberLayouts()) {
      if (member.name().equals(Optional.of(captured()))) {
        return offset;
      }
      offset += member.byteSize();
    }
    throw new AssertionError(CAPTURE);
  }

  /** A downcall throws nothing of its own: what arrives here is a mistake in a descriptor. */
  public static AssertionError unexpected(Throwable thrown, Object... call) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return new AssertionError("foreign call " + Arrays.toString(call), thrown);
  }
}
