package io.gatun.transport.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs {@link WakeUpsOfEightThreads} under jcstress, which looks for the interleavings that lose a
 * wake-up. Where there are fewer than nine processors, its threads share them, and yield where
 * jcstress would let them spin.
 */
@ExtendWith(KqueueDouble.class)
@Timeout(900) // a minute alone; jcstress starts some 25 JVMs
final class WakeUpsTest {
  @ParameterizedTest(name = "user event: {0}")
  @ValueSource(booleans = {true, false})
  void wakeUpsOfOtherThreadsAreNeverLost(boolean userEvent, @TempDir Path folder) throws Exception {
    assumeTrue(Boolean.getBoolean("gatun.test.jcstress"), "takes its time: ./gatun test kqueue");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // jcstress leaves out a test that has more threads than there are processors. It believes the
    // JVM, and asks the files of Linux only where it knows to be on Linux.
    command.addAll(List.of("-XX:ActiveProcessorCount=9", "-Dos.name=any"));
    command.addAll(List.of("-cp", classPath(), "org.openjdk.jcstress.Main"));
    String test = WakeUpsOfEightThreads.class.getName();
    command.addAll(List.of("-t", test + "$", "-r", folder.toString()));
    // A state is a queue, so few of them at a time.
    command.addAll(List.of("-af", "NONE", "-strideSize", "8", "-strideCount", "4"));
    command.addAll(List.of("-spinStyle", "THREAD_YIELD"));
    command.addAll(List.of("-f", "1", "-fsm", "1", "-iters", "4", "-time", "1000", "-sc", "false"));
    command.addAll(List.of("-jvmArgs", String.join(" ", options(userEvent))));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(said.contains("1 passed, 0 failed, 0 soft errs, 0 hard errs"), said);
  }

  private static List<String> options(boolean userEvent) {
    return List.of(
        "--enable-native-access=ALL-UNNAMED",
        "-XX:+UseSerialGC",
        "-Dos.name=" + System.getProperty("os.name"),
        "-Dgatun.kqueue.library=" + Kqueue.LIBRARY,
        "-Dgatun.test.userEvent=" + userEvent);
  }

  private static String classPath() {
    return String.join(
        File.pathSeparator,
        System.getProperty("jdk.module.path", ""),
        System.getProperty("java.class.path", ""),
        Path.of("target/test-classes").toAbsolutePath().toString());
  }
}
