package io.gatun.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.Ipv4Address;
import io.gatun.channel.ChannelOption;
import io.gatun.error.ClosedException;
import io.gatun.os.Abi;
import io.gatun.os.Errno;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One rule for every call on what is closed: {@link ClosedException}, whose errno is EBADF. */
final class SocketClosedTest {
  @TempDir Path folder;

  private FileChannel file;

  @BeforeEach
  void openFile() throws IOException {
    file = FileChannel.open(Files.write(folder.resolve("file"), new byte[1]));
  }

  @AfterEach
  void closeFile() throws IOException {
    file.close();
  }

  /** A value for a parameter, with which the call would be right if the socket were open. */
  private Object value(Class<?> type) {
    List<Object> values =
        List.of(
            1,
            1L,
            true,
            new byte[4],
            ByteBuffer.allocate(4),
            Unpooled.buffer(4).writeInt(1),
            MemorySegment.ofArray(new byte[4]),
            Ipv4Address.loopback(9),
            ChannelOption.SO_RCVBUF,
            List.of(ByteBuffer.allocate(4)),
            Duration.ZERO,
            Shutdown.WR,
            file,
            folder.resolve("file"),
            "rw");
    Class<?> boxed = MethodType.methodType(type).wrap().returnType();
    return values.stream().filter(boxed::isInstance).findFirst().orElseThrow();
  }

  private static boolean canFail(Method method) {
    return Arrays.asList(method.getExceptionTypes()).contains(IOException.class);
  }

  private void assertClosed(Object object, Method method) throws Exception {
    Class<?>[] types = method.getParameterTypes();
    Object[] arguments = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      arguments[i] = value(types[i]);
    }
    // The second list of sendMsg is of ancillary data.
    if (types.length > 1 && types[1] == List.class) {
      arguments[1] = List.of();
    }
    InvocationTargetException failed =
        assertThrows(
            InvocationTargetException.class,
            () -> method.invoke(object, arguments),
            method::toString);
    ClosedException closed =
        assertInstanceOf(ClosedException.class, failed.getCause(), method::toString);
    assertEquals("EBADF", closed.errnoName());
    assertTrue(closed.toString().contains("closed"), closed::toString);
  }

  private int assertAllClosed(Object object) throws Exception {
    int count = 0;
    for (Method method : object.getClass().getDeclaredMethods()) {
      int modifiers = method.getModifiers();
      if (Modifier.isPublic(modifiers)
          && !Modifier.isStatic(modifiers)
          && !method.isSynthetic()
          && canFail(method)
          && !method.getName().equals("close")
          && !method.getName().equals("readLineBytes") // which a file of text has not
          && (Abi.HOST.has("SOL_ALG") || !method.getName().equals("sendMsgAfalg"))) {
        assertClosed(object, method);
        count++;
      }
    }
    return count;
  }

  @Test
  void everyCallOnASocketThatIsClosedFailsInOneWay() throws Exception {
    Socket socket = Socket.openFor(Ipv4Address.loopback(0));
    socket.close();
    assertTrue(assertAllClosed(socket) > 60, "all calls were made");
    assertEquals(-1, socket.fileno());
    Address nobody = Ipv4Address.loopback(9);
    assertEquals(Errno.EBADF, socket.connectEx(nobody));
  }

  @Test
  void everyCallOnAFileThatIsClosedFailsInOneWay() throws Exception {
    try (SocketPair pair = Sockets.socketpair()) {
      SocketFile file = pair.first().makeFile("rw");
      file.close();
      assertTrue(assertAllClosed(file) > 1);
      SocketFile bytes = pair.second().makeFile("rwb");
      bytes.close();
      assertThrows(ClosedException.class, () -> bytes.readLineBytes(1));
      assertThrows(ClosedException.class, () -> file.reader().read());
      assertThrows(ClosedException.class, () -> file.writer().write(1));
      assertThrows(ClosedException.class, () -> file.input().read());
      assertThrows(ClosedException.class, () -> file.output().write(1));
    }
  }
}
