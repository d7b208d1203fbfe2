package io.gatun.os;

/** The processor architectures whose layouts an {@link Abi} describes; all are 64-bit. */
public enum Arch {
  X86_64,
  AARCH64;

  /** Returns the architecture this Java runtime was built for. */
  static Arch host() {
    String name = System.getProperty("os.arch", "");
    return switch (name) {
      case "amd64", "x86_64" -> X86_64;
      case "aarch64", "arm64" -> AARCH64;
      default ->
          throw new UnsupportedOperationException("Gatun does not know the architecture " + name);
    };
  }
}
