package io.gatun.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gatun.address.AddressDecoders;
import io.gatun.can.gateway.GatewayDecoders;
import io.gatun.handler.HandlerDecoders;
import io.gatun.message.MessageDecoders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What is fuzzed. A finding that is kept is a file in the folder of its name. */
@SuppressWarnings("ImmutableEnumChecker") // nobody changes them
enum Target {
  /** {@code struct sockaddr}s of this system, as recvfrom(2) leaves them. */
  SOCKADDR(AddressDecoders::host, AddressDecoders.hostSeeds()),

  /** Those of every other system, by its record. */
  FOREIGN_SOCKADDR(AddressDecoders::foreign, AddressDecoders.foreignSeeds()),

  /** The texts of addresses; what they say is encoded for every system. */
  ADDRESS_TEXT(AddressDecoders::text, texts(AddressDecoders.TEXTS)),

  /** inet_aton(3), inet_pton(3) and their ways back. */
  INET_TEXT(SocketDecoders::inet, texts(SocketDecoders.INET_TEXTS)),

  /** Values of getsockopt(2), as the typed options read them. */
  OPTION(SocketDecoders::option, SocketDecoders.optionSeeds()),

  /** Control messages of recvmsg(2). */
  ANCILLARY(MessageDecoders::ancillary, MessageDecoders.ancillarySeeds()),

  /** A client's first message of TLS. */
  CLIENT_HELLO(HandlerDecoders::clientHello, HandlerDecoders.clientHelloSeeds()),

  /** The length of a frame in a stream. */
  LENGTH_FIELD(HandlerDecoders::lengthField, HandlerDecoders.lengthFieldSeeds()),

  /** {@code struct can_frame} and its kin. */
  CAN_FRAME(CanDecoders::frame, CanDecoders.frameSeeds()),

  /** Messages of CAN's broadcast manager. */
  CAN_BCM(CanDecoders::bcm, CanDecoders.bcmSeeds()),

  /** The texts of CAN's frames and identifiers. */
  CAN_TEXT(CanDecoders::text, texts(CanDecoders.TEXTS)),

  /** Logs of CAN, in all formats. */
  CAN_LOG(CanDecoders::log, CanDecoders.logSeeds()),

  /** Lines of SLCAN, in pieces. */
  SLCAN(CanProtocolDecoders::slcan, texts(CanProtocolDecoders.SLCAN_TEXTS)),

  /** DBC files, and payloads by them. */
  DBC(CanProtocolDecoders::dbc, texts(CanProtocolDecoders.DBC_TEXTS)),

  /** What comes to one end of ISO-TP, and when. */
  ISOTP(CanProtocolDecoders::isotp, CanProtocolDecoders.isotpSeeds()),

  /** What comes to a node of J1939, and when. */
  J1939(CanProtocolDecoders::j1939, CanProtocolDecoders.j1939Seeds()),

  /** The elements of socketcand, in pieces. */
  SOCKETCAND(GatewayDecoders::socketcand, texts(GatewayDecoders.SOCKETCAND_TEXTS)),

  /** Datagrams and streams of cannelloni. */
  CANNELLONI(GatewayDecoders::cannelloni, GatewayDecoders.cannelloniSeeds()),

  /** Datagrams of python-can. */
  CAN_MULTICAST(GatewayDecoders::multicast, GatewayDecoders.multicastSeeds()),

  /** The file of a gateway. */
  GATEWAY_CONFIG(GatewayDecoders::config, texts(GatewayDecoders.CONFIGS));

  private final Decoder decoder;
  private final List<byte[]> seeds;

  Target(Decoder decoder, List<byte[]> seeds) {
    this.decoder = decoder;
    this.seeds = seeds;
  }

  /** Returns the target of a name such as {@code address-text}. */
  static Target of(String name) {
    return Arrays.stream(values())
        .filter(target -> target.toString().equals(name))
        .findAny()
        .orElseThrow(
            () -> new IllegalArgumentException("no target " + name + ": " + List.of(values())));
  }

  /** Gives it some bytes; throws what should not have been thrown. */
  void decode(byte[] data) throws Exception {
    decoder.decode(data);
  }

  /** Returns inputs that are mostly whole, and those that once were findings. */
  List<byte[]> seeds() {
    List<byte[]> all = new ArrayList<>(seeds);
    Path kept = Path.of("src/test/findings", toString());
    if (Files.isDirectory(kept)) {
      try (Stream<Path> files = Files.list(kept)) {
        for (Path file : files.sorted().toList()) {
          all.add(Files.readAllBytes(file));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return all;
  }

  private static List<byte[]> texts(List<String> texts) {
    return texts.stream().map(text -> text.getBytes(UTF_8)).toList();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
