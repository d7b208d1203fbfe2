package io.gatun.channel.race;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the races of this package under jcstress. */
@Timeout(900) // half a minute each; jcstress starts some 20 JVMs
final class RacesTest {
  @ParameterizedTest
  @ValueSource(
      classes = {
        CloseAgainstWrite.class,
        CancelAgainstFlush.class,
        WakeUpAgainstWait.class,
        RegisterAgainstShutdown.class
      })
  void everyOutcomeIsOneOfThoseAllowed(Class<?> race, @TempDir Path folder) throws Exception {
    assumeTrue(Boolean.getBoolean("gatun.test.races"), "takes its time: ./gatun test");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", classPath(), "org.openjdk.jcstress.Main"));
    command.addAll(List.of("-t", race.getName() + "$", "-r", folder.toString()));
    // A state has descriptors, so few of them at a time.
    command.addAll(List.of("-af", "NONE", "-strideSize", "8", "-strideCount", "4"));
    command.addAll(List.of("-spinStyle", "THREAD_YIELD"));
    command.addAll(List.of("-f", "1", "-fsm", "1", "-iters", "4", "-time", "500", "-sc", "false"));
    String options = "--enable-native-access=ALL-UNNAMED -XX:+UseSerialGC";
    command.addAll(List.of("-jvmArgs", options));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(said.contains("1 passed, 0 failed, 0 soft errs, 0 hard errs"), said);
  }

  private static String classPath() {
    return String.join(
        File.pathSeparator,
        System.getProperty("jdk.module.path", ""),
        System.getProperty("java.class.path", ""),
        Path.of("target/test-classes").toAbsolutePath().toString());
  }
}
