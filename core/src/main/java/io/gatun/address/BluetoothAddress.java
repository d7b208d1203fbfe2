package io.gatun.address;

/** An address of one of Bluetooth's protocols; Linux only. */
public sealed interface BluetoothAddress extends OtherAddress {
  /** The bytes of a device's address. */
  int DEVICE_LENGTH = 6;

  /** Any device of this host: {@code 00:00:00:00:00:00}. */
  HardwareAddress ANY = HardwareAddress.of(new byte[DEVICE_LENGTH]);

  /** This host itself: {@code 00:00:00:ff:ff:ff}. */
  HardwareAddress LOCAL = HardwareAddress.parse("00:00:00:ff:ff:ff");

  @Override
  default AddressFamily family() {
    return OtherAddress.familyOf("AF_BLUETOOTH");
  }

  private static void check(HardwareAddress device) {
    if (device.length() != DEVICE_LENGTH) {
      throw new IllegalArgumentException("\"" + device + "\" has not the six bytes of Bluetooth");
    }
  }

  private static void check(String what, int number, int max) {
    if (number < 0 || number > max) {
      throw new IllegalArgumentException(what + " " + number + " is not in 0.." + max);
    }
  }

  /**
   * Of BTPROTO_L2CAP.
   *
   * @param device the device
   * @param psm the protocol's number, 0 to 65535
   * @param cid a fixed channel, 0 to 65535; 0 for none
   * @param deviceType the kind of the device's address: BDADDR_BREDR, say
   */
  record L2cap(HardwareAddress device, int psm, int cid, int deviceType)
      implements BluetoothAddress {
    /**
     * Makes an address.
     *
     * @throws IllegalArgumentException if a number or the device's length is out of range
     */
    public L2cap {
      check(device);
      check("psm", psm, 0xffff);
      check("cid", cid, 0xffff);
      check("type", deviceType, 0xff);
    }

    /** Makes an address of a BR/EDR device. */
    public L2cap(HardwareAddress device, int psm) {
      this(device, psm, 0, 0);
    }

    @Override
    public String toString() {
      return "l2cap:" + psm + "," + cid + "," + deviceType + "," + device;
    }
  }

  /**
   * Of BTPROTO_RFCOMM.
   *
   * @param device the device
   * @param channel 1 to 30; binding to 0 lets the system choose one
   */
  record Rfcomm(HardwareAddress device, int channel) implements BluetoothAddress {
    /**
     * Makes an address.
     *
     * @throws IllegalArgumentException if the channel or the device's length is out of range
     */
    public Rfcomm {
      check(device);
      check("channel", channel, 0xff);
    }

    @Override
    public String toString() {
      return "rfcomm:" + channel + "," + device;
    }
  }

  /**
   * Of BTPROTO_HCI.
   *
   * @param adapter the adapter's number, or HCI_DEV_NONE
   * @param channel HCI_CHANNEL_RAW, say
   */
  record Hci(int adapter, int channel) implements BluetoothAddress {
    /**
     * Makes an address.
     *
     * @throws IllegalArgumentException if a number is out of range
     */
    public Hci {
      check("adapter", adapter, 0xffff);
      check("channel", channel, 0xffff);
    }

    @Override
    public String toString() {
      return "hci:" + adapter + "," + channel;
    }
  }

  /**
   * Of BTPROTO_SCO.
   *
   * @param device the device
   */
  record Sco(HardwareAddress device) implements BluetoothAddress {
    /**
     * Makes an address.
     *
     * @throws IllegalArgumentException if the device has not six bytes
     */
    public Sco {
      check(device);
    }

    @Override
    public String toString() {
      return "sco:" + device;
    }
  }
}
