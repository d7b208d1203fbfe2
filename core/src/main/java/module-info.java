/**
 * The engine of Gatun: system calls, addresses, transports, channels and blocking sockets, and the
 * poll(2) loop.
 */
module io.gatun.core {
  requires jdk.net;
  requires transitive io.netty.buffer;
  requires transitive io.netty.common;
  requires jdk.jfr;
  requires org.jctools.core.jdk11;
  requires static transitive org.jspecify;

  exports io.gatun.address;
  exports io.gatun.channel;
  exports io.gatun.error;
  exports io.gatun.handler;
  exports io.gatun.message;
  exports io.gatun.os;
  exports io.gatun.socket;
  exports io.gatun.transport;

  uses io.gatun.transport.Transport;

  provides io.gatun.transport.Transport with
      io.gatun.transport.PollTransport;
}
