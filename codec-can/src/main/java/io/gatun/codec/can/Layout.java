package io.gatun.codec.can;

import io.netty.buffer.ByteBuf;
import java.nio.ByteOrder;

/**
 * Where the fields of the kernel's structures are (linux/can.h, the same on every architecture),
 * and its byte order.
 */
final class Layout {
  /** Flags of a {@code canid_t}: extended, remote, error. */
  static final int EFF = 0x8000_0000;

  static final int RTR = 0x4000_0000;
  static final int ERR = 0x2000_0000;

  // struct can_frame {
  //         canid_t can_id;
  //         __u8    len;
  //         __u8    __pad;
  //         __u8    __res0;
  //         __u8    len8_dlc;
  //         __u8    data[8] __attribute__((aligned(8)));
  // };
  //
  // struct canfd_frame {
  //         canid_t can_id;
  //         __u8    len;
  //         __u8    flags;
  //         __u8    __res0;
  //         __u8    __res1;
  //         __u8    data[64] __attribute__((aligned(8)));
  // };
  static final int ID = 0;
  static final int LEN = 4;
  static final int FLAGS = 5;
  static final int LEN8_DLC = 7;
  static final int DATA = 8;

  static final int CLASSIC_SIZE = 16;
  static final int CLASSIC_DATA = 8;
  static final int FD_SIZE = 72;
  static final int FD_DATA = 64;

  /** Of {@code canfd_frame.flags}: CANFD_BRS, CANFD_ESI, CANFD_FDF. */
  static final int BRS = 1;

  static final int ESI = 2;
  static final int FDF = 4;

  // struct canxl_frame {
  //         canid_t prio;    /* bits 0 to 10 priority, 16 to 23 VCID */
  //         __u8    flags;
  //         __u8    sdt;
  //         __u16   len;
  //         __u32   af;
  //         __u8    data[2048];
  // };
  static final int XL_PRIO = 0;
  static final int XL_FLAGS = 4;
  static final int XL_SDT = 5;
  static final int XL_LEN = 6;
  static final int XL_AF = 8;
  static final int XL_DATA = 12;
  static final int XL_MAX_DATA = 2048;

  /** Of {@code canxl_frame.flags}: CANXL_XLF, CANXL_SEC, CANXL_RRS. */
  static final int XLF = 0x80;

  static final int SEC = 1;
  static final int RRS = 2;

  static final int VCID_SHIFT = 16;

  private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private Layout() {}

  static int getInt(ByteBuf buf, int index) {
    return LITTLE ? buf.getIntLE(index) : buf.getInt(index);
  }

  static void setInt(ByteBuf buf, int index, int value) {
    if (LITTLE) {
      buf.setIntLE(index, value);
    } else {
      buf.setInt(index, value);
    }
  }

  static int getShort(ByteBuf buf, int index) {
    return LITTLE ? buf.getUnsignedShortLE(index) : buf.getUnsignedShort(index);
  }

  static void setShort(ByteBuf buf, int index, int value) {
    if (LITTLE) {
      buf.setShortLE(index, value);
    } else {
      buf.setShort(index, value);
    }
  }
}
