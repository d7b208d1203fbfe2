package io.gatun.os;

import java.util.Locale;

/** The operating systems whose interface an {@link Abi} describes. */
public enum Os {
  LINUX,
  MACOS,
  FREEBSD,
  NETBSD,
  OPENBSD,
  WINDOWS;

  /** Returns the system this Java runtime runs on. */
  static Os host() {
    String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (name.startsWith("windows")) {
      return WINDOWS;
    }
    if (name.startsWith("mac")) {
      return MACOS;
    }
    for (Os os : values()) {
      if (name.equals(os.name().toLowerCase(Locale.ROOT))) {
        return os;
      }
    }
    throw new UnsupportedOperationException("Gatun does not know the operating system " + name);
  }
}
