package io.gatun.transport.kqueue;

import io.gatun.os.Abi;
import io.gatun.os.Native;
import io.gatun.os.Os;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whose kqueue it is: the system's, or a library's in its place. */
final class Kqueue {
  /** Whether the system itself has it. */
  static final boolean NATIVE = Abi.HOST.has("EVFILT_READ");

  /** The path of a library that stands in, empty for none; it speaks as macOS does. */
  static final String LIBRARY = System.getProperty("gatun.kqueue.library", "");

  /** What the numbers and struct kevent mean. */
  static final Abi ABI = NATIVE ? Abi.HOST : Abi.of(Os.MACOS, Abi.HOST.arch());

  private Kqueue() {}

  static Optional<MemorySegment> find(String symbol) {
    return NATIVE ? Native.find(symbol) : library().find(symbol);
  }

  @SuppressWarnings("restricted")
  private static SymbolLookup library() {
    return SymbolLookup.libraryLookup(LIBRARY, Arena.global());
  }

  /** Returns why the library does not serve, as a clause, or null when it does. */
  static @Nullable String whyNot() {
    try {
      return library().find("kqueue").isPresent() && library().find("kevent").isPresent()
          ? null
          : LIBRARY + " has no kqueue and kevent";
    } catch (IllegalArgumentException e) {
      return "there is no library " + LIBRARY;
    }
  }
}
