package io.gatun.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.os.Constants;
import io.gatun.os.Errno;
import io.gatun.os.Kernel;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BoundPathTest {
  @TempDir Path directory;
  private Path file = Path.of("");
  private final Kernel kernel = Kernel.create();
  private final List<Integer> open = new ArrayList<>();

  @BeforeEach
  void name() {
    int fd = kernel.socket(Constants.AF_UNIX, Constants.SOCK_STREAM, 0, true);
    kernel.close(fd);
    String wine = System.getProperty("gatun.test.wine", "this system");
    assumeTrue(fd != -Errno.EAFNOSUPPORT, () -> wine + " has no Unix sockets");
    file = directory.resolve("socket");
  }

  @AfterEach
  void close() {
    open.forEach(kernel::close);
  }

  private BoundPath bind() {
    open.add(bind(kernel, file));
    return Objects.requireNonNull(BoundPath.of(UnixAddress.path(file)));
  }

  private static int bind(Kernel kernel, Path file) {
    int fd = kernel.socket(Constants.AF_UNIX, Constants.SOCK_STREAM, 0, true);
    int length = Sockaddr.encode(UnixAddress.path(file), kernel.address());
    assertEquals(0, kernel.bind(fd, kernel.address(), length));
    return fd;
  }

  @Test
  void theOwnFileIsDeletedOnce() {
    BoundPath bound = bind();
    assertTrue(bound.delete());
    assertFalse(Files.exists(file));
    assertFalse(bound.delete());
  }

  @Test
  void anotherSocketInItsPlaceIsLeft() throws IOException {
    BoundPath first = bind();
    Files.delete(file);
    BoundPath second = bind();
    assertFalse(first.delete());
    assertTrue(Files.exists(file));
    assertTrue(second.delete());
  }

  @Test
  void anotherSocketInItsPlaceIsLeftEvenWhenTheOwnIsClosed() throws IOException {
    for (int i = 0; i < 20; i++) { // An inode that is free now may come again.
      BoundPath first = bind();
      open.forEach(kernel::close);
      open.clear();
      Files.delete(file);
      BoundPath second = bind();
      assertFalse(first.delete());
      assertTrue(second.delete());
    }
  }

  @Test
  void anotherKindOfFileInItsPlaceIsLeft() throws IOException {
    BoundPath bound = bind();
    Path moved = directory.resolve("moved");
    Files.move(file, moved);
    Files.createSymbolicLink(file, moved);
    assertFalse(bound.delete());
    assertTrue(Files.exists(file, LinkOption.NOFOLLOW_LINKS));
    assertTrue(Files.exists(moved));
  }

  @Test
  void aFileThatIsGoneIsNoError() throws IOException {
    BoundPath bound = bind();
    Files.delete(file);
    assertFalse(bound.delete());
  }

  @Test
  void aFileThatIsKeptIsLeft() {
    BoundPath bound = bind();
    bound.keep();
    assertFalse(bound.delete());
    assertTrue(Files.exists(file));
  }

  @Test
  void onlyAPathLeavesAFile() {
    assertNull(BoundPath.of(UnixAddress.abstractName("x")));
    assertNull(BoundPath.of(UnixAddress.UNNAMED));
    assertNull(BoundPath.of(Ipv4Address.any(80)));
    assertNull(BoundPath.of(UnixAddress.path(file)));
  }

  @Test
  void theEndOfTheRuntimeDeletesWhatIsLeft() throws Exception {
    Path kept = directory.resolve("kept");
    String classPath =
        String.join(
            System.getProperty("path.separator"),
            testClasses().toString(),
            System.getProperty("java.class.path"),
            System.getProperty("jdk.module.path", ""));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                Ending.class.getName(),
                file.toString(),
                kept.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertTrue(output.contains("bound"), output);
    assertFalse(Files.exists(file));
    assertTrue(Files.exists(kept));
  }

  /** Where this class came from, also when it was patched into a module. */
  private static Path testClasses() throws URISyntaxException {
    URL url = Objects.requireNonNull(BoundPathTest.class.getResource("BoundPathTest.class"));
    return Path.of(url.toURI()).resolve("../../../..").normalize();
  }

  /** A program that ends without closing its sockets. */
  static final class Ending {
    private Ending() {}

    static void main(String[] files) {
      Kernel kernel = Kernel.create();
      for (String file : files) {
        bind(kernel, Path.of(file));
      }
      assertNotNull(BoundPath.of(UnixAddress.path(files[0])));
      Objects.requireNonNull(BoundPath.of(UnixAddress.path(files[1]))).keep();
      System.out.println(Files.exists(Path.of(files[0])) ? "bound" : "failed");
    }
  }
}
