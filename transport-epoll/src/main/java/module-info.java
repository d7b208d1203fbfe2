/** The epoll(7) transport of Gatun, for Linux. */
module io.gatun.transport.epoll {
  requires io.gatun.core;
  requires static org.jspecify;

  provides io.gatun.transport.Transport with
      io.gatun.transport.epoll.EpollTransport;
}
