/** The kqueue(2) transport of Gatun, for macOS and the BSDs. */
module io.gatun.transport.kqueue {
  requires io.gatun.core;
  requires static org.jspecify;

  provides io.gatun.transport.Transport with
      io.gatun.transport.kqueue.KqueueTransport;
}
