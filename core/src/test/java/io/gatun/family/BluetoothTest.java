package io.gatun.family;

import static io.gatun.family.Adapters.ONE;
import static io.gatun.family.Adapters.OTHER;
import static io.gatun.socket.SocketConstants.HCI_CHANNEL_RAW;
import static io.gatun.socket.SocketConstants.HCI_FILTER;
import static io.gatun.socket.SocketConstants.SOL_HCI;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.address.Address;
import io.gatun.address.BluetoothAddress.Hci;
import io.gatun.address.BluetoothAddress.L2cap;
import io.gatun.address.BluetoothAddress.Rfcomm;
import io.gatun.address.HardwareAddress;
import io.gatun.socket.Shutdown;
import io.gatun.socket.Socket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Bluetooth's sockets, over two controllers that are in reach of each other. */
final class BluetoothTest {
  private static final int SECONDS = 60;

  private static final int PSM = 0x1001;

  private static int adapter;

  @BeforeAll
  static void powerOn() throws Exception {
    adapter = Adapters.powerOn();
  }

  private static Socket open(String type, String protocol) throws IOException {
    Socket socket = Families.open("AF_BLUETOOTH", type, protocol);
    socket.setTimeout(Duration.ofSeconds(SECONDS));
    return socket;
  }

  private static Socket listen(String type, String protocol, Address address) throws IOException {
    Socket socket = open(type, protocol);
    socket.bind(address);
    socket.listen(1);
    return socket;
  }

  @Test
  void theAdaptersAreThere() {
    assertTrue(Files.exists(Path.of("/sys/class/bluetooth/hci" + adapter)));
  }

  @Test
  void aControllerIsAskedForItsAddress() throws Exception {
    try (Socket socket = open("SOCK_RAW", "BTPROTO_HCI")) {
      // struct hci_ufilter { __u32 type_mask; __u32 event_mask[2]; __le16 opcode; }: all events
      ByteBuffer filter = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
      filter.putInt(1 << 4).putInt(-1).putInt(-1);
      socket.setSockOpt(SOL_HCI, HCI_FILTER, filter.array());
      socket.bind(new Hci(adapter, HCI_CHANNEL_RAW));
      assertEquals(new Hci(adapter, HCI_CHANNEL_RAW), socket.getSockName());
      socket.send(new byte[] {1, 0x09, 0x10, 0}); // Read BD_ADDR
      byte[] event;
      do {
        event = socket.recv(300);
      } while (event[1] != 0x0e || event[4] != 0x09 || event[5] != 0x10);
      assertArrayEquals(new byte[] {4, 0x0e, 10, 1, 0x09, 0x10, 0, 1, 0, 0, 0, 0, 2}, event);
    }
  }

  @Test
  void messagesKeepTheirBoundsOverL2cap() throws Exception {
    for (boolean virtual : new boolean[] {false, true}) {
      try (Socket listener = listen("SOCK_SEQPACKET", "BTPROTO_L2CAP", new L2cap(OTHER, PSM));
          Socket client = open("SOCK_SEQPACKET", "BTPROTO_L2CAP")) {
        assertEquals(new L2cap(OTHER, PSM), listener.getSockName());
        FutureTask<String> server =
            new FutureTask<>(() -> {
              try (Socket accepted = listener.accept()) {
                accepted.setTimeout(Duration.ofSeconds(SECONDS));
                HardwareAddress whose = ((L2cap) accepted.getPeerName()).device();
                byte[] first = accepted.recv(600);
                byte[] second = accepted.recv(600);
                accepted.sendAll(new byte[first.length + second.length]);
                // Closing would throw away what is not on its way yet.
                assertEquals(0, accepted.recv(600).length);
                return whose + " " + new String(first, US_ASCII) + " " + second.length;
              }
            });
        if (virtual) {
          Thread.startVirtualThread(server);
        } else {
          Thread.ofPlatform().daemon().start(server);
        }
        client.bind(new L2cap(ONE, 0));
        client.connect(new L2cap(OTHER, PSM));
        client.sendAll("hello".getBytes(US_ASCII));
        client.sendAll(new byte[500]);
        assertEquals(505, client.recv(600).length);
        client.shutdown(Shutdown.RDWR);
        assertEquals(ONE + " hello 500", server.get(SECONDS, TimeUnit.SECONDS));
      }
    }
  }

  @Test
  void aStreamCrossesRfcomm() throws Exception {
    byte[] data = new byte[5000];
    new Random(38).nextBytes(data);
    try (Socket listener = listen("SOCK_STREAM", "BTPROTO_RFCOMM", new Rfcomm(OTHER, 3));
        Socket client = open("SOCK_STREAM", "BTPROTO_RFCOMM")) {
      FutureTask<byte[]> server =
          new FutureTask<>(() -> {
            try (Socket accepted = listener.accept()) {
              accepted.setTimeout(Duration.ofSeconds(SECONDS));
              assertEquals(ONE, ((Rfcomm) accepted.getPeerName()).device());
              ByteArrayOutputStream all = new ByteArrayOutputStream();
              while (all.size() < data.length) {
                all.write(accepted.recv(data.length));
              }
              return all.toByteArray();
            }
          });
      Thread.startVirtualThread(server);
      client.bind(new Rfcomm(ONE, 0));
      client.connect(new Rfcomm(OTHER, 3));
      client.sendAll(data);
      assertArrayEquals(data, server.get(SECONDS, TimeUnit.SECONDS));
    }
  }
}
