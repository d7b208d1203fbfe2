/** The transport of Gatun over completion ports, for Windows. */
module io.gatun.transport.iocp {
  requires io.gatun.core;
  requires static org.jspecify;

  provides io.gatun.transport.Transport with
      io.gatun.transport.iocp.IocpTransport;
}
