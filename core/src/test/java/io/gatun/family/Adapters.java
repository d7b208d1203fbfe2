package io.gatun.family;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatun.address.HardwareAddress;
import io.gatun.error.WouldBlockException;
import io.gatun.socket.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Two Bluetooth adapters that are in reach of each other, made once for all tests. */
final class Adapters {
  static final HardwareAddress ONE = HardwareAddress.parse("02:00:00:00:00:01");
  static final HardwareAddress OTHER = HardwareAddress.parse("02:00:00:00:00:02");

  // <net/bluetooth/hci_sock.h>, which no C library has
  private static final long HCIDEVUP = 0x400448c9L;
  private static final long HCISETSCAN = 0x400448ddL;
  private static final int SCAN_PAGE = 2;

  private static int first = -1;

  private Adapters() {}

  /** Returns the number of the first; ends a test where there can be none. */
  static synchronized int powerOn() throws Exception {
    Families.assumeGuest("it makes Bluetooth adapters");
    if (first >= 0) {
      return first;
    }
    VirtualController one = new VirtualController(ONE);
    VirtualController other = new VirtualController(OTHER);
    VirtualController.connect(one, other);
    try (Socket control = Families.open("AF_BLUETOOTH", "SOCK_RAW", "BTPROTO_HCI")) {
      for (VirtualController controller : new VirtualController[] {one, other}) {
        try {
          control.ioctl(HCIDEVUP, controller.index());
        } catch (WouldBlockException e) {
          assertEquals("EALREADY", e.errnoName(), "the kernel brought it up itself");
        }
        // struct hci_dev_req { __u16 dev_id; __u32 dev_opt; }
        ByteBuffer request = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
        request.putShort(0, (short) controller.index()).putInt(4, SCAN_PAGE);
        control.ioctl(HCISETSCAN, request.array());
      }
    }
    first = one.index();
    return first;
  }
}
