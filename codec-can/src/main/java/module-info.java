/**
 * CAN frames, filters and protocols, log formats and databases: bytes to records and back, without
 * a system call.
 */
module io.gatun.codec.can {
  requires transitive io.netty.buffer;
  requires static transitive org.jspecify;

  exports io.gatun.codec.can;
  exports io.gatun.codec.can.bcm;
}
