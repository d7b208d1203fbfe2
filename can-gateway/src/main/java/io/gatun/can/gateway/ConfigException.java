package io.gatun.can.gateway;

import io.gatun.error.SocketErrors;

/**
 * A configuration is wrong: {@code gateway.toml:12: endpoint.listen: 0.0.0.0:29536 is open to the
 * network; say public = true}.
 */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1;

  ConfigException(String message) {
    super(SocketErrors.printable(message)); // whatever the file has between its quotes
  }
}
