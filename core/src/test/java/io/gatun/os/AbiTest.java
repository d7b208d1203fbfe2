package io.gatun.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds every {@link Abi} against the headers of the system that it describes: with the compilers
 * that this machine has, and with Zig, which carries the headers of all, where {@code ./gatun test
 * abi} has installed it.
 */
final class AbiTest {
  /** Names a Python that has the package ziglang. */
  private static final String ZIG = System.getProperty("gatun.test.zig", "");

  private static final String NO_HEADER = "Zig leaves out sys/sys_domain.h";

  /** What glibc or newer kernels have and musl's own headers leave out. */
  private static final String NOT_IN_MUSL =
      """
      AF_MCTP AI_CANONIDN AI_IDN AI_IDN_ALLOW_UNASSIGNED AI_IDN_USE_STD3_ASCII_RULES
      IPPORT_USERRESERVED MSG_TRYHARD NI_IDN NI_IDN_ALLOW_UNASSIGNED
      NI_IDN_USE_STD3_ASCII_RULES SOL_MCTP SOL_MPTCP SOL_SMC SO_BUF_LOCK SO_NETNS_COOKIE
      SO_RCVMARK SO_RESERVE_MEM SO_TXREHASH TCP_COOKIE_IN_ALWAYS TCP_COOKIE_MIN
      TCP_COOKIE_OUT_NEVER TCP_COOKIE_PAIR_SIZE TCP_COOKIE_TRANSACTIONS TCP_MAXWIN
      TCP_MAX_WINSHIFT TCP_MSS TCP_MSS_DEFAULT TCP_MSS_DESIRED TCP_NO_QUEUE TCP_QUEUES_NR
      TCP_RECV_QUEUE TCP_SEND_QUEUE TCP_S_DATA_IN TCP_S_DATA_OUT
      """;

  /** Ends of lists, which grow: Zig's headers are newer than the kernel that the table is of. */
  private static final String GROWN =
      "SOF_TIMESTAMPING_LAST SOF_TIMESTAMPING_MASK SOF_TIMESTAMPING_TX_RECORD_MASK";

  private static void unask(Map<String, String> unasked, String names, String reason) {
    for (String name : names.strip().split("\\s+", -1)) {
      unasked.put("(int) (" + name + ")", reason);
    }
  }

  private static final String PADDED =
      "musl has four bytes and padding, where the kernel has eight bytes";

  /**
   * @param unasked expressions that these headers cannot answer, each with the reason
   */
  record Compiler(
      String name,
      Os os,
      Arch arch,
      List<String> command,
      String source,
      Map<String, String> unasked) {
    static Compiler debian(Os os, Arch arch, String command, String packages) {
      return new Compiler(
          command, os, arch, List.of(command), "Debian has it in " + packages, Map.of());
    }

    static Compiler zig(Os os, Arch arch, String libc, Map<String, String> unasked) {
      String system = os == Os.MACOS ? "macos" : os.name().toLowerCase(java.util.Locale.ROOT);
      String cpu = arch.name().toLowerCase(java.util.Locale.ROOT);
      String target = cpu + "-" + system + (libc.isEmpty() ? "" : "-" + libc);
      List<String> command = List.of(ZIG, "-m", "ziglang", "cc", "-target", target);
      return new Compiler("zig " + target, os, arch, command, "PyPI has it in ziglang", unasked);
    }

    boolean isOfTheMachine() {
      return name.equals("cc");
    }

    /** Zig was asked for by name: that it does not run is a failure. */
    void assumeInstalled() throws InterruptedException {
      String found = "";
      try {
        List<String> version = new ArrayList<>(command.subList(0, Math.min(command.size(), 4)));
        version.add("--version");
        found = run(Path.of("."), version);
      } catch (IOException e) {
        found = String.valueOf(e.getMessage());
      }
      if (command.size() > 1) {
        assertEquals("", found, source);
      }
      assumeTrue(found.isEmpty(), name + " is not installed; " + source);
    }

    /** Returns the compiler's messages; the object file is abi.o. */
    String compile(Path folder, String program) throws IOException, InterruptedException {
      return compile(folder, program, "-c", "abi.o");
    }

    /** Returns what the compiler hands to the assembler. */
    String assembly(Path folder, String program) throws IOException, InterruptedException {
      assertEquals("", compile(folder, program, "-S", "abi.s"));
      return Files.readString(folder.resolve("abi.s"));
    }

    private String compile(Path folder, String program, String stage, String output)
        throws IOException, InterruptedException {
      Files.writeString(folder.resolve("abi.c"), program);
      List<String> all = new ArrayList<>(command);
      all.addAll(List.of("-w", stage, "abi.c", "-o", output));
      boolean gcc = name.endsWith("gcc") || (isOfTheMachine() && os == Os.LINUX);
      if (!gcc) {
        all.add("-ferror-limit=0"); // clang stops after 20 otherwise
      }
      return run(folder, all);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Compiler> compilers() {
    List<Compiler> all = new ArrayList<>();
    if (Abi.HOST.os() != Os.WINDOWS) { // a Mac's or a BSD's own compiler has its own headers
      all.add(Compiler.debian(Abi.HOST.os(), Abi.HOST.arch(), "cc", "gcc and libc6-dev"));
    }
    if (ZIG.isEmpty()) {
      all.add(
          Compiler.debian(Os.LINUX, Arch.X86_64, "x86_64-linux-gnu-gcc", "gcc-x86-64-linux-gnu"));
      all.add(
          Compiler.debian(
              Os.LINUX, Arch.AARCH64, "aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu"));
      all.add(
          Compiler.debian(
              Os.WINDOWS, Arch.X86_64, "x86_64-w64-mingw32-gcc", "gcc-mingw-w64-x86-64-win32"));
      return all.stream();
    }
    Map<String, String> macos =
        Map.of(
            "(int) (SYSPROTO_EVENT)", NO_HEADER,
            "(int) (SYSPROTO_CONTROL)", NO_HEADER,
            "(int) (AF_SYS_CONTROL)", NO_HEADER);
    Map<String, String> gnu = new HashMap<>();
    unask(gnu, GROWN, "newer headers count more");
    Map<String, String> musl = new HashMap<>(gnu);
    unask(musl, NOT_IN_MUSL, "musl has no such name");
    unask(musl, "SOMAXCONN", "musl has 128, as kernels before 5.4 had");
    unask(musl, "NI_MAXHOST", "musl has 255, the longest name there is");
    musl.put("ioctl", "musl has an int for the request, of which 32 bits count anyway");
    musl.put("recvmmsg", "musl has an unsigned int for the flags");
    musl.put("sendmmsg", "musl has an unsigned int for the flags");
    musl.put("getprotobyname_r", "musl has no such function");
    musl.put("epoll_pwait2", "musl has no such function");
    musl.put("sizeof(((struct msghdr *) 0)->msg_iovlen)", PADDED);
    musl.put("sizeof(((struct msghdr *) 0)->msg_controllen)", PADDED);
    musl.put("sizeof(((struct cmsghdr *) 0)->cmsg_len)", PADDED);
    Map<String, String> netbsd = Map.of("pthread_self", "a macro, for __libc_thr_self");
    for (Arch arch : Arch.values()) {
      all.add(Compiler.zig(Os.LINUX, arch, "gnu", gnu));
      all.add(Compiler.zig(Os.LINUX, arch, "musl", musl));
      all.add(Compiler.zig(Os.MACOS, arch, "", macos));
      all.add(Compiler.zig(Os.FREEBSD, arch, "", Map.of()));
      all.add(Compiler.zig(Os.NETBSD, arch, "", netbsd));
      all.add(Compiler.zig(Os.OPENBSD, arch, "", Map.of()));
      all.add(Compiler.zig(Os.WINDOWS, arch, "gnu", Map.of()));
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("compilers")
  void everyNumberIsThatOfTheSystemsHeaders(Compiler compiler, @TempDir Path folder)
      throws Exception {
    compiler.assumeInstalled();
    Set<String> lacking =
        check(compiler, Abi.of(compiler.os(), compiler.arch()), folder, compiler.unasked());
    assumeTrue(
        lacking.isEmpty(), () -> "all hold but those of names that this SDK lacks: " + lacking);
  }

  /**
   * Holds a record against headers, which may be older than the record where they are a machine's
   * own. Returns the names that they lack; all others hold.
   */
  private static Set<String> check(
      Compiler compiler, Abi abi, Path folder, Map<String, String> unasked) throws Exception {
    String said = compiler.compile(folder, AbiAssertions.program(abi, unasked));
    Set<String> lacking = new TreeSet<>();
    if (compiler.isOfTheMachine()) {
      Pattern.compile("(?:undeclared identifier|error:) '(\\w+)'(?: undeclared)?")
          .matcher(said)
          .results()
          .forEach(found -> lacking.add(found.group(1)));
    }
    if (!lacking.isEmpty()) {
      Map<String, String> fewer = new HashMap<>(unasked);
      for (String name : lacking) {
        unask(fewer, name, "this SDK lacks it");
        fewer.put(name, "this SDK lacks it");
      }
      said = compiler.compile(folder, AbiAssertions.program(abi, fewer));
    }
    assertEquals("", said);
    return lacking;
  }

  @Test
  void namesThatAnOldSdkLacksAreToldAndTheRestIsStillChecked(@TempDir Path folder)
      throws Exception {
    Compiler compiler = compilers().findFirst().orElseThrow();
    assumeTrue(compiler.isOfTheMachine(), "Windows has no compiler of its own");
    compiler.assumeInstalled();
    Map<String, Integer> constants = new LinkedHashMap<>(Abi.HOST.constants());
    constants.put("SO_OF_TOMORROW", 1);
    Map<String, String> prototypes = new LinkedHashMap<>(Abi.HOST.prototypes());
    prototypes.put("accept5", "int accept5(int)");
    assertEquals(
        Set.of("SO_OF_TOMORROW", "accept5"),
        check(compiler, with(constants, prototypes), folder, Map.of()));
    constants.put("SO_ERROR", 12345);
    Abi wrong = with(constants, prototypes);
    assertThrows(AssertionError.class, () -> check(compiler, wrong, folder, Map.of()));
  }

  private static Abi with(Map<String, Integer> constants, Map<String, String> prototypes) {
    Abi host = Abi.HOST;
    return new Abi(
        host.os(),
        host.arch(),
        constants,
        host.errnos(),
        host.structs(),
        prototypes,
        host.symbols());
  }

  @ParameterizedTest
  @MethodSource("compilers")
  void eachNumberThatIsWrongIsFound(Compiler compiler, @TempDir Path folder) throws Exception {
    compiler.assumeInstalled();
    Abi mutant = AbiAssertions.mutant(Abi.of(compiler.os(), compiler.arch()));
    assertEquals("", compiler.compile(folder, AbiAssertions.verdicts(mutant, compiler.unasked())));
    Set<String> survivors = new LinkedHashSet<>(AbiAssertions.of(mutant).keySet());
    int mutants = survivors.size();
    byte[] object = Files.readAllBytes(folder.resolve("abi.o"));
    survivors.removeAll(AbiAssertions.refuted(object, mutant));
    survivors.removeAll(compiler.unasked().keySet());
    assertEquals(
        Set.of(), survivors, () -> "of " + mutants + " wrong numbers these were not found");
    assertTrue(mutants > 250, () -> "only " + mutants + " numbers");
  }

  static Stream<Compiler> compilersOfSystemsWithPrototypes() {
    return compilers().filter(c -> c.os() != Os.WINDOWS);
  }

  /** Prototypes that are wrong in one way each. */
  private static List<Prototype> wrong(Prototype right) {
    List<String> arguments = right.arguments();
    List<Prototype> all = new ArrayList<>();
    all.add(new Prototype("char", right.name(), arguments, right.variadic()));
    for (int i = 0; i < arguments.size(); i++) {
      List<String> others = new ArrayList<>(arguments);
      others.set(i, arguments.get(i).contains("*") ? "long" : "char");
      all.add(new Prototype(right.returns(), right.name(), others, right.variadic()));
    }
    List<String> more = new ArrayList<>(arguments);
    more.add("int");
    all.add(new Prototype(right.returns(), right.name(), more, right.variadic()));
    if (!arguments.isEmpty()) {
      List<String> less = arguments.subList(0, arguments.size() - 1);
      all.add(new Prototype(right.returns(), right.name(), less, right.variadic()));
      all.add(new Prototype(right.returns(), right.name(), arguments, !right.variadic()));
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("compilersOfSystemsWithPrototypes")
  void eachPrototypeThatIsWrongIsFound(Compiler compiler, @TempDir Path folder) throws Exception {
    compiler.assumeInstalled();
    Map<String, List<Prototype>> mutants = new LinkedHashMap<>();
    Abi.of(compiler.os(), compiler.arch())
        .prototypes()
        .forEach((name, prototype) -> {
          if (!compiler.unasked().containsKey(name)) {
            mutants.put(name, new ArrayList<>(wrong(Prototype.of(prototype))));
          }
        });
    assertTrue(mutants.toString().contains("int fcntl(int, ...)"), "a wrong place of the variadic");
    // Each program has one wrong prototype of each function.
    for (boolean more = true; more; ) {
      Map<String, String> program = new LinkedHashMap<>();
      mutants.forEach((name, left) -> {
        if (!left.isEmpty()) {
          program.put(name, left.removeLast().toString());
        }
      });
      String said = compiler.compile(folder, AbiAssertions.prototypes(compiler.os(), program));
      Map<String, String> survivors = new LinkedHashMap<>(program);
      survivors.keySet().removeIf(name -> said.contains("conflicting types for '" + name + "'"));
      assertEquals(Map.of(), survivors, said);
      more = !program.isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("compilersOfSystemsWithPrototypes")
  void aFunctionIsLookedUpByTheSymbolThatTheHeadersGiveIt(Compiler compiler, @TempDir Path folder)
      throws Exception {
    compiler.assumeInstalled();
    Abi abi = Abi.of(compiler.os(), compiler.arch());
    Map<String, String> expected = new LinkedHashMap<>();
    abi.prototypes().keySet().forEach(name -> expected.put(name, abi.symbol(name)));
    expected.keySet().removeAll(compiler.unasked().keySet());
    String assembly = compiler.assembly(folder, AbiAssertions.pointers(abi, compiler.unasked()));
    assertEquals(expected, AbiAssertions.symbols(compiler.os(), assembly), assembly);
  }

  /**
   * Names that records leave out on purpose, though headers have them: on macOS, what only the
   * newest systems have; on OpenBSD, functions that take other arguments than elsewhere; on Linux
   * the signal is another one, the end of the protocols is musl's own, and the rest is not used.
   * Nor are the BSDs' calls of many messages at once, which have three forms.
   */
  private static final Map<Os, Set<String>> LEFT_OUT =
      Map.of(
          Os.MACOS,
          Set.of("MSG_NOSIGNAL", "dup3", "pipe2"),
          Os.OPENBSD,
          Set.of("getprotobyname_r", "getservbyname_r", "getservbyport_r", "recvmmsg", "sendmmsg"),
          Os.FREEBSD,
          Set.of("recvmmsg", "sendmmsg"),
          Os.NETBSD,
          Set.of("recvmmsg", "sendmmsg"),
          Os.LINUX,
          Set.of(
              "FIONBIO",
              "F_DUPFD",
              "IPPROTO_MAX",
              "NI_NUMERICSCOPE",
              "POLLRDBAND",
              "POLLRDNORM",
              "POLLWRBAND",
              "POLLWRNORM",
              "SIGURG"));

  @ParameterizedTest
  @MethodSource("compilersOfSystemsWithPrototypes")
  void whatARecordLacksTheSystemLacksToo(Compiler compiler, @TempDir Path folder) throws Exception {
    compiler.assumeInstalled();
    Abi abi = Abi.of(compiler.os(), compiler.arch());
    Set<String> constants = new TreeSet<>();
    Set<String> functions = new TreeSet<>();
    for (Os os : Os.values()) {
      if (os != Os.LINUX) {
        constants.addAll(Abi.of(os, compiler.arch()).constants().keySet());
      }
      functions.addAll(Abi.of(os, compiler.arch()).prototypes().keySet());
    }
    constants.addAll(List.of("MSG_ERRQUEUE", "POLLRDHUP", "AF_ALG"));
    constants.removeIf(name -> abi.has(name) || name.contains("("));
    functions.removeAll(abi.prototypes().keySet());
    String said =
        compiler.compile(folder, AbiAssertions.absence(compiler.os(), constants, functions));
    Set<String> there =
        Pattern.compile("there is (\\w+)")
            .matcher(said)
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> leftOut = LEFT_OUT.getOrDefault(compiler.os(), Set.of());
    there.removeAll(leftOut);
    assertEquals(Set.of(), there, "constants that the headers have");
    functions.removeIf(name -> leftOut.contains(name) || said.contains("'" + name + "'"));
    assertEquals(Set.of(), functions, "functions that the headers have");
  }

  @Test
  void everySystemIsHeldAgainstHeadersWhereZigIs() {
    assumeTrue(!ZIG.isEmpty(), "needs Zig: ./gatun test abi");
    for (Os os : Os.values()) {
      for (Arch arch : Arch.values()) {
        if (compilers().noneMatch(c -> c.os() == os && c.arch() == arch)) {
          fail("nothing checks " + os + " on " + arch);
        }
      }
    }
  }

  /** Returns what a program writes to its standard error. */
  private static String run(Path folder, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("LC_ALL", "C");
    Process process =
        builder.directory(folder.toFile()).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return errors
        .lines()
        .filter(line -> !line.contains("argument unused during compilation"))
        .collect(java.util.stream.Collectors.joining("\n"));
  }

  @Test
  void aNameTheSystemLacksIsAnErrorThatNamesIt() {
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> Abi.HOST.value("SO_NO_SUCH_OPTION"));
    assertEquals(Abi.HOST.os() + " has no constant SO_NO_SUCH_OPTION", e.getMessage());
  }

  @Test
  void aFieldOutsideItsStructIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Struct.of("struct x", 8).field("y", 6, 4));
  }

  @Test
  void anErrnoHasItsNameAndText() {
    assertEquals("ECONNREFUSED", Errno.name(Errno.ECONNREFUSED));
    assertEquals("Connection refused", Errno.message(Errno.ECONNREFUSED));
    assertEquals("errno 4242", Errno.name(4242));
  }

  /** A name that one system lacks would keep the whole class from being initialized there. */
  @Test
  void everyErrnoThatIsAConstantIsOneOfEverySystem() {
    for (Os os : Os.values()) {
      for (Field constant : Errno.class.getFields()) {
        assertTrue(Abi.of(os, Arch.X86_64).errno(constant.getName()) > 0);
      }
    }
  }

  @Test
  void everyErrnoOfEverySystemHasAText() {
    for (Os os : Os.values()) {
      for (String name : Abi.of(os, Arch.X86_64).errnos().keySet()) {
        assertTrue(Errno.hasText(name), () -> name + " of " + os);
      }
    }
  }
}
