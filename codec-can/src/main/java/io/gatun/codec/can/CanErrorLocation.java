package io.gatun.codec.can;

/** In which part of a frame the protocol was violated ({@code CAN_ERR_PROT_LOC_*}). */
public enum CanErrorLocation {
  /** Nobody knows. */
  UNSPECIFIED(0x00),
  /** The start of the frame. */
  START_OF_FRAME(0x03),
  /** Bits 28 to 21 of the identifier; of a standard one, 10 to 3. */
  ID_28_TO_21(0x02),
  /** Bits 20 to 18 of the identifier; of a standard one, 2 to 0. */
  ID_20_TO_18(0x06),
  /** The bit in the place of RTR; in a standard frame, RTR. */
  SUBSTITUTE_RTR(0x04),
  /** The bit that tells an extended identifier. */
  IDENTIFIER_EXTENSION(0x05),
  /** Bits 17 to 13 of the identifier. */
  ID_17_TO_13(0x07),
  /** Bits 12 to 5 of the identifier. */
  ID_12_TO_5(0x0f),
  /** Bits 4 to 0 of the identifier. */
  ID_4_TO_0(0x0e),
  /** The bit that tells a remote frame. */
  RTR(0x0c),
  /** Reserved bit 1. */
  RESERVED_1(0x0d),
  /** Reserved bit 0. */
  RESERVED_0(0x09),
  /** The length code. */
  DLC(0x0b),
  /** The data. */
  DATA(0x0a),
  /** The checksum. */
  CRC(0x08),
  /** The bit behind the checksum. */
  CRC_DELIMITER(0x18),
  /** The slot for acknowledgement. */
  ACK(0x19),
  /** The bit behind the acknowledgement. */
  ACK_DELIMITER(0x1b),
  /** The end of the frame. */
  END_OF_FRAME(0x1a),
  /** The pause between frames. */
  INTERMISSION(0x12);

  private final int code;

  CanErrorLocation(int code) {
    this.code = code;
  }

  static CanErrorLocation of(int code) {
    for (CanErrorLocation location : values()) {
      if (location.code == code) {
        return location;
      }
    }
    return UNSPECIFIED;
  }
}
