package io.gatun.codec.can;

import java.util.List;

/**
 * What an error frame may report (linux/can/error.h): its classes, then what its bytes say more of
 * the controller (byte 1), the protocol (byte 2) and the transceiver (byte 4).
 */
public enum CanCondition {
  /** The driver gave up a transmission. */
  TX_TIMEOUT(0x001),
  /** Arbitration was lost, at {@link CanFrame.ErrorFrame#lostArbitrationBit}. */
  LOST_ARBITRATION(0x002),
  /** The controller has a problem. */
  CONTROLLER(0x004),
  /** The protocol was violated, at {@link CanFrame.ErrorFrame#location}. */
  PROTOCOL(0x008),
  /** The transceiver has a problem. */
  TRANSCEIVER(0x010),
  /** Nobody acknowledged a transmission. */
  NO_ACKNOWLEDGEMENT(0x020),
  /** The controller has left the bus. */
  BUS_OFF(0x040),
  /** An error on the bus; there may be floods of these. */
  BUS_ERROR(0x080),
  /** The controller is on the bus again. */
  RESTARTED(0x100),
  /** The frame has the controller's error counters. */
  COUNTERS(0x200),

  /** Received frames were lost: the controller had no room. */
  RX_OVERFLOW(CONTROLLER, 1, 0x01),
  /** Frames to be sent were lost: the controller had no room. */
  TX_OVERFLOW(CONTROLLER, 1, 0x02),
  /** More than 95 receive errors. */
  RX_WARNING(CONTROLLER, 1, 0x04),
  /** More than 95 transmit errors. */
  TX_WARNING(CONTROLLER, 1, 0x08),
  /** More than 127 receive errors: the controller does not mark errors any more. */
  RX_PASSIVE(CONTROLLER, 1, 0x10),
  /** More than 127 transmit errors: the controller does not mark errors any more. */
  TX_PASSIVE(CONTROLLER, 1, 0x20),
  /** The controller is error active again. */
  ERROR_ACTIVE(CONTROLLER, 1, 0x40),

  /** A single bit was wrong. */
  BIT_ERROR(PROTOCOL, 2, 0x01),
  /** A frame was malformed. */
  FORM_ERROR(PROTOCOL, 2, 0x02),
  /** A stuff bit was missing. */
  STUFF_ERROR(PROTOCOL, 2, 0x04),
  /** A dominant bit could not be sent. */
  BIT0_ERROR(PROTOCOL, 2, 0x08),
  /** A recessive bit could not be sent. */
  BIT1_ERROR(PROTOCOL, 2, 0x10),
  /** The bus is overloaded. */
  OVERLOAD(PROTOCOL, 2, 0x20),
  /** An error was announced actively. */
  ACTIVE_ERROR(PROTOCOL, 2, 0x40),
  /** The error came while sending. */
  WHILE_SENDING(PROTOCOL, 2, 0x80),

  /** CANH has no wire. */
  CANH_NO_WIRE(0x0f, 0x04),
  /** CANH is short to the battery. */
  CANH_SHORT_TO_BATTERY(0x0f, 0x05),
  /** CANH is short to the supply voltage. */
  CANH_SHORT_TO_VCC(0x0f, 0x06),
  /** CANH is short to ground. */
  CANH_SHORT_TO_GROUND(0x0f, 0x07),
  /** CANL has no wire. */
  CANL_NO_WIRE(0x70, 0x40),
  /** CANL is short to the battery. */
  CANL_SHORT_TO_BATTERY(0x70, 0x50),
  /** CANL is short to the supply voltage. */
  CANL_SHORT_TO_VCC(0x70, 0x60),
  /** CANL is short to ground. */
  CANL_SHORT_TO_GROUND(0x70, 0x70),
  /** CANL is short to CANH. */
  CANL_SHORT_TO_CANH(0x80, 0x80);

  static final List<CanCondition> VALUES = List.of(values());

  /** The class that the byte belongs to; 0 for the classes themselves. */
  private final int of;

  private final int at;
  private final int mask;
  private final int value;

  /** A class. */
  CanCondition(int mask) {
    this.of = 0;
    this.at = 0;
    this.mask = mask;
    this.value = mask;
  }

  /** A bit of a byte. */
  CanCondition(CanCondition of, int at, int mask) {
    this.of = of.mask;
    this.at = at;
    this.mask = mask;
    this.value = mask;
  }

  /** A value of the transceiver's byte. */
  CanCondition(int mask, int value) {
    this.of = 0x010;
    this.at = 4;
    this.mask = mask;
    this.value = value;
  }

  int mask() {
    return mask;
  }

  boolean isIn(CanFrame.ErrorFrame frame) {
    return of == 0
        ? (frame.classes() & mask) != 0
        : (frame.classes() & of) != 0 && (frame.data().get(at) & mask) == value;
  }
}
