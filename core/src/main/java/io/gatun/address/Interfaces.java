package io.gatun.address;

import io.gatun.error.SocketErrors;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** The network interfaces of this host by name and index; see if_nametoindex(3). */
public final class Interfaces {
  /** IF_NAMESIZE is 16 at most; Windows alone has 256. */
  private static final int NAME_SIZE = 257;

  private Interfaces() {}

  /**
   * An interface.
   *
   * @param index its number, above 0
   * @param name its name
   */
  public record Interface(int index, String name) {}

  /** {@return the interfaces there are} */
  public static List<Interface> all() throws IOException {
    Kernel kernel = Kernel.acquire();
    try {
      long list = kernel.ifNameindex();
      if (list < 0) {
        throw SocketErrors.of("if_nameindex", null, (int) list);
      }
      try {
        return entries(list);
      } finally {
        kernel.ifFreenameindex(list);
      }
    } finally {
      Kernel.release(kernel);
    }
  }

  /** An entry with neither a number nor a name is the last. */
  private static List<Interface> entries(long list) {
    List<Interface> found = new ArrayList<>();
    long name;
    for (long entry = list;
        (name = Memory.getLong(entry + Kernel.IF_NAME)) != 0;
        entry += Kernel.IF_NAMEINDEX_SIZE) {
      found.add(new Interface(Memory.getInt(entry), Memory.getString(name)));
    }
    return List.copyOf(found);
  }

  /**
   * {@return the index of an interface}
   *
   * @param name its name
   * @throws IOException if there is none of that name
   */
  public static int index(String name) throws IOException {
    if (name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("an interface's name cannot hold a NUL");
    }
    Kernel kernel = Kernel.acquire();
    try (Arena arena = Arena.ofConfined()) {
      int result = kernel.ifNametoindex(arena.allocateFrom(name).address());
      if (result < 0) {
        throw SocketErrors.of("if_nametoindex", name, result);
      }
      return result;
    } finally {
      Kernel.release(kernel);
    }
  }

  /**
   * {@return the name of an interface}
   *
   * @param index its number
   * @throws IOException if there is none of that number
   */
  public static String name(int index) throws IOException {
    Kernel kernel = Kernel.acquire();
    try (Arena arena = Arena.ofConfined()) {
      long name = arena.allocate(NAME_SIZE).address();
      int result = kernel.ifIndextoname(index, name);
      if (result < 0) {
        throw SocketErrors.of("if_indextoname", index, result);
      }
      return Memory.getString(name);
    } finally {
      Kernel.release(kernel);
    }
  }
}
