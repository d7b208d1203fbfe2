package io.gatun.socket;

import io.gatun.message.AncillaryData;
import io.gatun.os.Abi;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ancillary data of the kernel's cryptography; see linux/if_alg.h. */
final class Afalg {
  private static final int SOL_ALG = Abi.HOST.value("SOL_ALG");
  private static final int SET_OP = Abi.HOST.value("ALG_SET_OP");
  private static final int SET_IV = Abi.HOST.value("ALG_SET_IV");
  private static final int SET_ASSOCLEN = Abi.HOST.value("ALG_SET_AEAD_ASSOCLEN");

  private Afalg() {}

  static List<AncillaryData> ancillary(int operation, byte @Nullable [] iv, int associatedLength) {
    List<AncillaryData> pieces = new ArrayList<>();
    pieces.add(AncillaryData.of(SOL_ALG, SET_OP, operation));
    if (iv != null) {
      // struct af_alg_iv { __u32 ivlen; __u8 iv[]; };
      ByteBuffer data = ByteBuffer.allocate(Integer.BYTES + iv.length);
      data.order(ByteOrder.nativeOrder()).putInt(iv.length).put(iv);
      pieces.add(new AncillaryData(SOL_ALG, SET_IV, data.array()));
    }
    if (associatedLength >= 0) {
      pieces.add(AncillaryData.of(SOL_ALG, SET_ASSOCLEN, associatedLength));
    }
    return pieces;
  }
}
