/**
 * CAN frames, filters and protocols, log formats and databases: bytes to records and back, without
 * a system call of its own; handlers for channels of CAN sockets, and a bus that needs no kernel.
 */
module io.gatun.codec.can {
  requires transitive io.gatun.core;
  requires transitive io.netty.buffer;
  requires transitive io.netty.common; // of which a ByteBuf's supertypes are
  requires static transitive org.jspecify;

  exports io.gatun.codec.can;
  exports io.gatun.codec.can.bcm;
  exports io.gatun.codec.can.channel;
  exports io.gatun.codec.can.dbc;
  exports io.gatun.codec.can.handler;
  exports io.gatun.codec.can.isotp;
  exports io.gatun.codec.can.j1939;
  exports io.gatun.codec.can.log;
  exports io.gatun.codec.can.slcan;
}
