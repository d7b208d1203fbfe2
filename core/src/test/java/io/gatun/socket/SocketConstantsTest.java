package io.gatun.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatun.os.Abi;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class SocketConstantsTest {
  private static Map<String, Integer> fields() throws IllegalAccessException {
    Map<String, Integer> fields = new TreeMap<>();
    for (Field field : SocketConstants.class.getFields()) {
      if (Modifier.isStatic(field.getModifiers()) && !field.getName().equals("ABSENT")) {
        fields.put(field.getName(), field.getInt(null));
      }
    }
    return fields;
  }

  @Test
  void everyFieldHasTheNumberOfItsName() throws Exception {
    assertTrue(fields().size() > 1000);
    fields()
        .forEach((name, value) ->
            assertEquals(Abi.HOST.valueOr(name, SocketConstants.ABSENT), value, name));
  }

  @Test
  void everyConstantOfPythonsModuleIsHereWithItsNumber() throws Exception {
    String program =
        """
        import socket
        for k, v in vars(socket).items():
          if k.isupper() and isinstance(v, int): print(k, int(v))
        """;
    List<String> lines = new ArrayList<>();
    for (String python : new String[] {"/usr/bin/python3", "python3"}) {
      try {
        Process process = new ProcessBuilder(python, "-c", program).start();
        process.inputReader().lines().forEach(lines::add);
      } catch (IOException notInstalled) {
        // The other, then.
      }
    }
    assumeTrue(!lines.isEmpty(), "needs python3");
    Map<String, Integer> fields = fields();
    List<String> wrong = new ArrayList<>();
    for (String line : lines) {
      String name = line.substring(0, line.indexOf(' '));
      int value = (int) Long.parseLong(line.substring(name.length() + 1));
      // errno's own
      boolean errno = List.of("EAGAIN", "EBADF", "EWOULDBLOCK").contains(name);
      if (!errno && !Integer.valueOf(value).equals(fields.get(name))) {
        wrong.add(line + " is " + fields.get(name));
      }
    }
    assertEquals(List.of(), wrong);
  }
}
