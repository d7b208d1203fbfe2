package io.gatun.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.fuzz.Guarded;
import io.gatun.os.Abi;
import io.gatun.os.Constants;
import io.gatun.os.Memory;
import java.util.ArrayList;
import java.util.List;

/** The decoders of what comes beside a message, given any bytes. */
public final class MessageDecoders {
  /** As much as a message has room for. */
  private static final int MOST = 16 * 1024;

  private MessageDecoders() {}

  /** All that is asked of control messages. */
  public static void ancillary(byte[] data) {
    int length = data.length;
    if (length > MOST) {
      return;
    }
    List<AncillaryData> pieces = Guarded.reading(data, control -> ask(control, length));
    int sum = pieces.stream().mapToInt(AncillaryData::length).sum();
    assertTrue(sum <= length);
    int room = (int) pieces.stream().mapToLong(Ancillary::space).sum();
    assertEquals(
        pieces,
        Guarded.using(
            room,
            control -> {
              long head = control;
              for (AncillaryData piece : pieces) {
                head = Ancillary.write(head, piece);
              }
              return Ancillary.decode(control, room);
            }));
  }

  private static List<AncillaryData> ask(long control, int length) {
    int traffic = Ancillary.trafficClass(control, length);
    assertTrue(traffic >= -1 && traffic <= 0xff);
    int hops = Ancillary.hopLimit(control, length);
    assertTrue(hops >= -1 && hops <= 0xff);
    long unused =
        Ancillary.timestamp(control, length)
            + Ancillary.hardwareTimestamp(control, length)
            + Ancillary.segmentSize(control, length)
            + Ancillary.interfaceIndex(control, length);
    assertTrue(Ancillary.dropped(control, length) >= 0, () -> "never " + unused);
    String texts =
        Ancillary.destination(control, length) + " " + Ancillary.credentials(control, length);
    List<AncillaryData> pieces = Ancillary.decode(control, length);
    // On a system without MSG_CMSG_CLOEXEC this would touch descriptors of this process.
    if (Abi.HOST.has("MSG_CMSG_CLOEXEC")) {
      int[] descriptors = Ancillary.descriptors(control, length);
      assertEquals(Ancillary.hasDescriptors(control, length), descriptors.length > 0, () -> texts);
    }
    return pieces;
  }

  /** One of each that this system has, and several at once. */
  public static List<byte[]> ancillarySeeds() {
    Abi abi = Abi.HOST;
    List<AncillaryData> pieces = new ArrayList<>();
    pieces.add(AncillaryData.rights(7, 8));
    pieces.add(AncillaryData.of(abi.value("IPPROTO_IP"), abi.valueOr("IP_TTL", 2), 64));
    pieces.add(AncillaryData.of(abi.value("IPPROTO_IP"), abi.valueOr("IP_TOS", 1), 2));
    pieces.add(new AncillaryData(abi.value("IPPROTO_IP"), abi.valueOr("IP_TOS", 1), new byte[1]));
    int v6 = Constants.IPPROTO_IPV6;
    pieces.add(AncillaryData.of(v6, abi.valueOr("IPV6_TCLASS", 67), 2));
    pieces.add(AncillaryData.of(v6, abi.valueOr("IPV6_HOPLIMIT", 52), 64));
    pieces.add(new AncillaryData(v6, abi.valueOr("IPV6_PKTINFO", 50), new byte[20]));
    pieces.add(
        new AncillaryData(abi.value("IPPROTO_IP"), abi.valueOr("IP_PKTINFO", 8), new byte[12]));
    pieces.add(AncillaryData.of(abi.value("IPPROTO_UDP"), abi.valueOr("UDP_GRO", 104), 1200));
    for (String name :
        List.of(
            "SCM_TIMESTAMP",
            "SCM_TIMESTAMPNS",
            "SCM_TIMESTAMPING",
            "SCM_CREDENTIALS",
            "SO_RXQ_OVFL")) {
      if (abi.has(name)) {
        pieces.add(new AncillaryData(Constants.SOL_SOCKET, abi.value(name), new byte[48]));
      }
    }
    List<byte[]> seeds = new ArrayList<>();
    for (AncillaryData piece : pieces) {
      seeds.add(written(List.of(piece)));
    }
    seeds.add(written(pieces));
    return seeds;
  }

  private static byte[] written(List<AncillaryData> pieces) {
    byte[] bytes = new byte[(int) pieces.stream().mapToLong(Ancillary::space).sum()];
    return Guarded.reading(
        bytes,
        control -> {
          long head = control;
          for (AncillaryData piece : pieces) {
            head = Ancillary.write(head, piece);
          }
          Memory.get(control, bytes, 0, bytes.length);
          return bytes;
        });
  }
}
