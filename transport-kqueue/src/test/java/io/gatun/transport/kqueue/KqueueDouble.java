package io.gatun.transport.kqueue;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets a test have a kqueue on every machine: the system's own, or the library that the property
 * names, or a double that is compiled here.
 */
final class KqueueDouble implements BeforeAllCallback {
  private static final String PROPERTY = "gatun.kqueue.library";
  private static final Path SOURCE = Path.of("src/test/c/kqueue_double.c");

  /** Before anybody looks at {@link Kqueue}, which asks once. */
  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    boolean linux = System.getProperty("os.name").equals("Linux");
    if (linux && System.getProperty(PROPERTY) == null) {
      System.setProperty(PROPERTY, build(Path.of("target")).toString());
    }
    String why = new KqueueTransport().unavailability();
    Assumptions.assumeTrue(why == null, why);
  }

  /** Returns what makes so many of the next waits end with EINTR. */
  static Consumer<Integer> interrupter() {
    return order("kqueue_double_interrupt");
  }

  /** Returns what has one of the changes of the next call refused with ENOMEM: the first is 1. */
  static Consumer<Integer> refuser() {
    return order("kqueue_double_refuse");
  }

  /** A kernel or another library cannot be told to fail, and the test that asks is skipped. */
  @SuppressWarnings("restricted")
  private static Consumer<Integer> order(String name) {
    Optional<MemorySegment> function =
        Kqueue.LIBRARY.isEmpty()
            ? Optional.empty()
            : SymbolLookup.libraryLookup(Kqueue.LIBRARY, Arena.global()).find(name);
    Assumptions.assumeTrue(function.isPresent(), "only the double of kqueue fails on request");
    MethodHandle call =
        Linker.nativeLinker()
            .downcallHandle(function.orElseThrow(), FunctionDescriptor.ofVoid(JAVA_INT));
    return times -> {
      try {
        call.invokeExact((int) times);
      } catch (Throwable t) {
        throw new AssertionError(t);
      }
    };
  }

  /** Compiles the double into a folder and returns where it is. */
  static Path build(Path folder) throws IOException, InterruptedException {
    Path library = folder.resolve("libkqueue_double.so").toAbsolutePath();
    Files.createDirectories(folder);
    Process cc;
    try {
      cc =
          new ProcessBuilder(
                  List.of(
                      "cc",
                      "-O2",
                      "-Wall",
                      "-Wextra",
                      "-Werror",
                      "-shared",
                      "-fPIC",
                      "-pthread",
                      "-o",
                      library.toString(),
                      SOURCE.toString()))
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      Assumptions.abort("needs a C compiler for the double of kqueue: apt install gcc libc6-dev");
      throw e;
    }
    String said = new String(cc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    cc.waitFor();
    assertEquals("", said);
    return library;
  }
}
