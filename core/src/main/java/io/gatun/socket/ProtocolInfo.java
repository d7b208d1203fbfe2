package io.gatun.socket;

import io.gatun.address.AddressFamily;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.error.SocketErrors;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Kernel;
import io.gatun.os.Memory;
import io.gatun.os.Struct;
import java.io.IOException;
import java.lang.foreign.Arena;

/**
 * What a WSAPROTOCOL_INFOW tells of a socket: on Windows there is no option for each part, and a
 * socket that is not bound has no address to tell the family.
 */
record ProtocolInfo(AddressFamily family, SocketType type, Protocol protocol) {
  private static final int OPTION = Abi.HOST.valueOr("SO_PROTOCOL_INFOW", -1);

  /** Its size in bytes; 0 where there is none. */
  static final int SIZE = OPTION < 0 ? 0 : Abi.HOST.struct("_WSAPROTOCOL_INFOW").size();

  /** Reads it where it lies. */
  static ProtocolInfo at(long info) {
    Struct struct = Abi.HOST.struct("_WSAPROTOCOL_INFOW");
    return new ProtocolInfo(
        new AddressFamily((int) struct.get(info, "iAddressFamily")),
        new SocketType((int) struct.get(info, "iSocketType")),
        new Protocol((int) struct.get(info, "iProtocol")));
  }

  /** Asks for the family of a socket. Returns its number, or a negative errno. */
  static int family(Kernel kernel, int fd) {
    try (Arena arena = Arena.ofConfined()) {
      long info = arena.allocate(SIZE, Long.BYTES).address();
      int result = kernel.getsockopt(fd, Constants.SOL_SOCKET, OPTION, info, SIZE);
      return result < 0 ? result : at(info).family().number();
    }
  }

  /** Makes a socket of what another process, or this one, has shared with this process. */
  static Socket open(byte[] shared) throws IOException {
    if (SIZE != 0 && shared.length != SIZE) {
      throw new IllegalArgumentException(shared.length + " bytes (expected: " + SIZE + ")");
    }
    Kernel kernel = Kernel.acquire();
    try (Arena arena = Arena.ofConfined()) {
      long info = arena.allocate(Math.max(shared.length, 1), Long.BYTES).address();
      Memory.set(info, shared, 0, shared.length);
      int fd = kernel.fromShare(info, true);
      if (fd < 0) {
        throw SocketErrors.of("WSASocketW", null, fd);
      }
      ProtocolInfo of = at(info);
      return Socket.taking(fd, of.family(), of.type(), of.protocol());
    } finally {
      Kernel.release(kernel);
    }
  }
}
