package io.gatun.examples.echo;

import io.gatun.address.Address;
import java.io.IOException;

/** A server that listens on any number of addresses. Closing it closes all it has opened. */
interface Server extends AutoCloseable {
  /** Starts to listen. Returns the address that was bound, with its real port. */
  Address listen(Address address) throws IOException, InterruptedException;

  @Override
  void close();
}
