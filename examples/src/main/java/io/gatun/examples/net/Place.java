package io.gatun.examples.net;

import io.gatun.address.Address;
import io.gatun.address.Resolver;
import java.io.IOException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an address of a command line: {@code HOST:PORT}, {@code PORT} or {@code unix:PATH}. */
final class Place implements ITypeConverter<Address> {
  @Override
  public Address convert(String text) throws IOException {
    if (text.startsWith("unix:")) {
      return Address.parse(text);
    }
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "localhost" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    int port;
    try {
      port = Integer.parseInt(text.substring(colon + 1));
    } catch (NumberFormatException e) {
      port = -1;
    }
    if (port < 0 || port > 0xffff) {
      throw new TypeConversionException(
          "\"" + text + "\" (expected: HOST:PORT, PORT or unix:PATH)");
    }
    return Resolver.resolve(host, port).getFirst();
  }
}
