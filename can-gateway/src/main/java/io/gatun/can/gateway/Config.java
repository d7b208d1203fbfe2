package io.gatun.can.gateway;

import io.gatun.address.Address;
import io.gatun.address.Interfaces;
import io.gatun.address.IpAddress;
import io.gatun.address.Ipv4Address;
import io.gatun.address.Ipv6Address;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.EventLoop;
import io.gatun.channel.EventLoopGroup;
import io.gatun.channel.MessageOptions;
import io.gatun.channel.MulticastGroup;
import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanFilter;
import io.gatun.codec.can.Crc8;
import io.gatun.codec.can.channel.CanSendQueue;
import io.gatun.codec.can.log.CanLogFormat;
import io.gatun.codec.can.slcan.SlcanMessage;
import io.gatun.handler.Tls;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/**
 * What a gateway is to be, as its file says: see docs/can.md. It is read whole, names and files
 * included, before anything begins.
 */
final class Config {
  /** A bus more would not have a bit of its own. */
  private static final int MOST_BUSES = 64;

  private static final Ipv4Address MULTICAST = Ipv4Address.of("239.74.163.2", 43113);

  /** Makes an endpoint once there are a loop and buses. */
  interface Plan {
    Endpoint make(EventLoopGroup group, EventLoop loop, Map<String, Bus> buses);
  }

  /** A route that is to be. */
  record RoutePlan(String from, String to, Route.Rules rules) {}

  /** The names of the buses, and how long each keeps in mind who has brought a frame. */
  final Map<String, Long> buses = new LinkedHashMap<>();

  final List<Plan> endpoints = new ArrayList<>();
  final List<RoutePlan> routes = new ArrayList<>();
  @Nullable Address status;

  private final Path folder;

  private Config(Path folder) {
    this.folder = folder;
  }

  static Config read(Path file) throws IOException, ConfigException {
    String name = file.getFileName() == null ? "" : file.getFileName().toString();
    Path folder = file.toAbsolutePath().getParent();
    String text;
    try {
      text = Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new ConfigException(name + ": is not UTF-8");
    }
    return parse(name, folder == null ? Path.of("") : folder, text);
  }

  /** As the text of a file of some name in a folder. */
  static Config parse(String name, Path folder, String text) throws ConfigException {
    TomlParseResult parsed = Toml.parse(text);
    if (parsed.hasErrors()) {
      TomlParseError first = parsed.errors().getFirst();
      throw new ConfigException(name + ":" + first.position().line() + ": " + first.getMessage());
    }
    Config config = new Config(folder);
    config.read(new Section(name, "", parsed, null));
    return config;
  }

  private void read(Section root) throws ConfigException {
    Section bus = root.table("bus");
    if (bus == null) {
      throw root.error("bus", "there is none: [bus.NAME] makes one");
    }
    for (String name : bus.names()) {
      Section section = bus.table(name);
      if (section == null || !name.matches("[A-Za-z0-9_.-]{1,64}")) {
        throw bus.error(name, "is no name of a bus");
      }
      if (buses.size() == MOST_BUSES) {
        throw bus.error(name, "there are more than " + MOST_BUSES + " buses");
      }
      buses.put(name, section.nanos("once"));
      bus(name, section);
    }
    for (Section section : root.tables("endpoint")) {
      endpoint(section);
      section.end();
    }
    for (Section section : root.tables("route")) {
      route(section);
      section.end();
    }
    Section section = root.table("status");
    if (section != null) {
      Listener.Settings settings = listener(section);
      status = settings.address();
      section.end();
    }
    root.end();
  }

  private void bus(String name, Section section) throws ConfigException {
    String device = section.text("interface");
    boolean local = section.flag("local", true);
    CanSendQueue.Builder queue = queue(section);
    section.end();
    if (device != null) {
      endpoints.add((group, loop, all) ->
          new InterfaceEndpoint("interface " + device, loop, device, local, queue, bus(all, name)));
    }
  }

  private static CanSendQueue.Builder queue(Section section) throws ConfigException {
    CanSendQueue.Builder queue =
        CanSendQueue.builder()
            .capacity(section.number("queue", 1, 1_000_000, 1024))
            .order(section.choice("order", CanSendQueue.Order.class, CanSendQueue.Order.ARRIVAL))
            .overflow(
                section.choice("overflow", CanSendQueue.Overflow.class, CanSendQueue.Overflow.LAST))
            .latestOnly(section.list("latest", Config::filter));
    long age = section.nanos("ttl");
    if (age > 0) {
      queue.timeToLive(Duration.ofNanos(age));
    }
    return queue;
  }

  /** {@code 123}, {@code 12345678}, {@code 100:700}, {@code 100~700}: as candump takes it. */
  private static CanFilter filter(String text) {
    int split = Math.max(text.indexOf(':'), text.indexOf('~'));
    String id = split < 0 ? text : text.substring(0, split);
    int raw = Integer.parseUnsignedInt(id, 16);
    boolean extended = id.length() == 8;
    if (raw < 0 || (id.length() != 3 && !extended) || (!extended && raw > 0x7ff)) {
      throw new IllegalArgumentException("an identifier has 3 or 8 hexadecimal digits");
    }
    if (extended) {
      raw |= Frames.EFF;
    }
    if (split < 0) {
      return new CanFilter(raw, Frames.EFF | (extended ? 0x1fff_ffff : 0x7ff), false);
    }
    int mask = Integer.parseUnsignedInt(text.substring(split + 1), 16);
    return new CanFilter(raw, mask | Frames.EFF, text.charAt(split) == '~');
  }

  private String busName(Section section, String key) throws ConfigException {
    String name = section.need(key);
    if (!buses.containsKey(name)) {
      throw section.error(key, "there is no bus " + name + "; there are " + buses.keySet());
    }
    return name;
  }

  private static Bus bus(Map<String, Bus> all, String name) {
    Bus bus = all.get(name);
    if (bus == null) {
      throw new IllegalStateException("no bus " + name);
    }
    return bus;
  }

  // Endpoints

  private void endpoint(Section section) throws ConfigException {
    String type = section.need("type");
    String given = section.text("name");
    String name = given == null ? type : given;
    switch (type) {
      case "socketcand" -> socketcand(name, section);
      case "socketcand-client" -> {
        String bus = busName(section, "bus");
        String text = section.text("remote-bus");
        String remoteBus = text == null ? bus : text;
        connects(
            name,
            bus,
            section,
            (title, on, ended) -> new SocketcandClient(title, on, remoteBus, ended),
            member -> List.of(new SocketcandDecoder(), member));
      }
      case "cannelloni-tcp" ->
          stream(
              name,
              section,
              server -> CannelloniStream::new,
              member -> List.of(new CannelloniStream.Decoder(), member));
      case "slcan" -> {
        if (section.has("tty")) {
          tty(name, section);
        } else {
          stream(
              name,
              section,
              server -> (title, on, ended) -> new SlcanStream(title, on, server, ended),
              List::of);
        }
      }
      case "cannelloni-udp" -> cannelloni(name, section);
      case "multicast" -> multicast(name, section);
      case "replay" -> {
        String bus = busName(section, "bus");
        Path file = file(section, "file");
        CanLogFormat format = section.choice("format", CanLogFormat.class, CanLogFormat.CANDUMP);
        double speed = section.decimal("speed", 1);
        endpoints.add((group, loop, all) ->
            new LogEndpoints.Replay(name, loop, bus(all, bus), file, format, speed));
      }
      case "record" -> {
        String bus = busName(section, "bus");
        Path file = folder.resolve(section.need("file"));
        CanLogFormat format = section.choice("format", CanLogFormat.class, CanLogFormat.CANDUMP);
        endpoints.add((group, loop, all) ->
            new LogEndpoints.Recording(name, loop, bus(all, bus), file, format));
      }
      default ->
          throw section.error(
              "type",
              "\""
                  + type
                  + "\" is none of socketcand, socketcand-client, cannelloni-udp, cannelloni-tcp,"
                  + " slcan, multicast, replay, record");
    }
  }

  private void socketcand(String name, Section section) throws ConfigException {
    List<String> served = section.list("buses", text -> text);
    for (String bus : served) {
      if (!buses.containsKey(bus)) {
        throw section.error("buses", "there is no bus " + bus + "; there are " + buses.keySet());
      }
    }
    Listener.Settings settings = listener(section);
    boolean beacon = section.flag("beacon", false);
    endpoints.add((group, loop, all) -> {
      Map<String, Bus> some = new LinkedHashMap<>(all);
      if (!served.isEmpty()) {
        some.keySet().retainAll(served);
      }
      return new SocketcandServer(name, group, settings, some, beacon);
    });
  }

  /** Makes members, knowing whether it is the side that listens. */
  private interface Sides {
    Maker of(boolean server);
  }

  private interface Maker {
    StreamMember make(String name, Bus bus, @Nullable Runnable ended);
  }

  private interface Handlers extends Function<StreamMember, List<ChannelHandler>> {}

  private void stream(String name, Section section, Sides sides, Handlers handlers)
      throws ConfigException {
    String bus = busName(section, "bus");
    if (!section.has("listen")) {
      connects(name, bus, section, sides.of(false), handlers);
      return;
    }
    Listener.Settings settings = listener(section);
    Maker maker = sides.of(true);
    endpoints.add((group, loop, all) -> {
      Bus on = bus(all, bus);
      return new StreamEndpoint(
          name, group, on, settings, (title, ended) -> maker.make(title, on, ended), handlers);
    });
  }

  private void connects(String name, String bus, Section section, Maker maker, Handlers handlers)
      throws ConfigException {
    Address remote = section.address("connect");
    Supplier<Tls> tls = clientTls(section, remote);
    endpoints.add((group, loop, all) -> {
      Bus on = bus(all, bus);
      return new StreamEndpoint(
          name, loop, remote, tls, (title, ended) -> maker.make(title, on, ended), handlers);
    });
  }

  private void tty(String name, Section section) throws ConfigException {
    String bus = busName(section, "bus");
    Path file = folder.resolve(section.need("tty"));
    int baud = section.number("baud", 1, 10_000_000, 115_200);
    int bits = section.number("bitrate", 0, 1_000_000, 0);
    SlcanMessage.BitRate bitRate;
    try {
      bitRate = bits == 0 ? null : SlcanMessage.BitRate.of(bits);
    } catch (IllegalArgumentException e) {
      throw section.error("bitrate", String.valueOf(e.getMessage()));
    }
    endpoints.add(
        (group, loop, all) -> new TtyEndpoint(name, loop, bus(all, bus), file, baud, bitRate));
  }

  private void cannelloni(String name, Section section) throws ConfigException {
    String bus = busName(section, "bus");
    Listener.Settings settings = listener(section);
    Address remote = section.has("connect") ? section.address("connect") : null;
    long wait = section.nanos("wait");
    if (settings.tls() != null) {
      throw section.error("tls", "is for connections");
    }
    endpoints.add((group, loop, all) ->
        new DatagramEndpoint(
            name,
            loop,
            bus(all, bus),
            new Bootstrap(loop),
            settings.address(),
            remote,
            settings.allowed(),
            new CannelloniDatagram(wait == 0 ? 2_000_000 : wait),
            0));
  }

  /** It leaves the machine if an interface is given, and else stays on the loopback. */
  private void multicast(String name, Section section) throws ConfigException {
    String bus = busName(section, "bus");
    Address group = section.has("group") ? section.address("group") : MULTICAST;
    String device = section.text("interface");
    if (!(group instanceof IpAddress ip)) {
      throw section.error("group", "must be an address of IP");
    }
    int index;
    try {
      index = Interfaces.index(device == null ? loopback() : device);
    } catch (IOException e) {
      throw section.error("interface", String.valueOf(e.getMessage()));
    }
    List<Network> allowed = section.list("allow", Network::parse);
    IpAddress any =
        ip instanceof Ipv4Address ? Ipv4Address.any(ip.port()) : Ipv6Address.any(ip.port());
    endpoints.add((loops, loop, all) -> {
      Bootstrap bootstrap =
          new Bootstrap(loop)
              .option(ChannelOption.SO_REUSEADDR, true)
              .option(ChannelOption.SO_REUSEPORT, true)
              .option(MessageOptions.JOIN_GROUP, MulticastGroup.of(ip, index));
      IpAddress to = ip;
      if (ip instanceof Ipv6Address v6) {
        to = new Ipv6Address(v6.high(), v6.low(), v6.port(), 0, index);
      }
      return new DatagramEndpoint(
          name, loop, bus(all, bus), bootstrap, any, to, allowed, new PythonMulticast(), index);
    });
  }

  private static String loopback() throws IOException {
    for (Interfaces.Interface one : Interfaces.all()) {
      if (one.name().equals("lo") || one.name().equals("lo0")) {
        return one.name();
      }
    }
    throw new IOException("no loopback interface; name one");
  }

  private Path file(Section section, String key) throws ConfigException {
    Path file = folder.resolve(section.need(key));
    if (!Files.isReadable(file)) {
      throw section.error(key, "cannot read " + file);
    }
    return file;
  }

  // What those who listen have

  private Listener.Settings listener(Section section) throws ConfigException {
    Address address = section.address("listen");
    boolean open = section.flag("public", false);
    if (address instanceof IpAddress ip && !Network.isLoopback(ip) && !open) {
      throw section.error(
          "listen", address + " is open to the network; say public = true if it shall be");
    }
    List<Network> allowed = section.list("allow", Network::parse);
    Section tls = section.table("tls");
    if (tls == null) {
      return new Listener.Settings(address, allowed, null);
    }
    Path certificate = file(tls, "certificate");
    Path key = file(tls, "key");
    Path clients = tls.has("clients") ? file(tls, "clients") : null;
    tls.end();
    try {
      return new Listener.Settings(address, allowed, Pem.server(certificate, key, clients));
    } catch (IOException | GeneralSecurityException e) {
      throw section.error("tls", String.valueOf(e.getMessage()));
    }
  }

  private @Nullable Supplier<Tls> clientTls(Section section, Address remote)
      throws ConfigException {
    Section tls = section.table("tls");
    if (tls == null) {
      return null;
    }
    Path certificate = tls.has("certificate") ? file(tls, "certificate") : null;
    Path key = certificate == null ? null : file(tls, "key");
    Path servers = tls.has("servers") ? file(tls, "servers") : null;
    String text = tls.text("host");
    tls.end();
    String host =
        text != null ? text : remote instanceof IpAddress ip ? ip.host() : String.valueOf(remote);
    int port = remote instanceof IpAddress ip ? ip.port() : 0;
    try {
      Tls made = Pem.client(host, port, certificate, key, servers);
      return () -> made;
    } catch (IOException | GeneralSecurityException e) {
      throw section.error("tls", String.valueOf(e.getMessage()));
    }
  }

  // Routes

  private void route(Section section) throws ConfigException {
    String from = busName(section, "from");
    String to = busName(section, "to");
    if (from.equals(to)) {
      throw section.error("to", "is the bus that it comes from");
    }
    List<CanFilter> filters = section.list("filter", Config::filter);
    List<Rewrite.Step> steps = new ArrayList<>();
    for (Rewrite.Operation operation : Rewrite.Operation.values()) {
      Section step = section.table(operation.name().toLowerCase(Locale.ROOT));
      if (step != null) {
        steps.add(step(operation, step));
        step.end();
      }
    }
    List<Rewrite.Checksum> checksums = new ArrayList<>();
    for (Section checksum : section.tables("checksum")) {
      checksums.add(checksum(checksum));
      checksum.end();
    }
    Route.Rules rules =
        new Route.Rules(
            filters,
            new Rewrite(List.copyOf(steps), List.copyOf(checksums)),
            section.number("hops", 1, MOST_BUSES, 1),
            section.decimal("rate", 0),
            section.nanos("latest"));
    routes.add(new RoutePlan(from, to, rules));
    if (section.flag("both", false)) {
      routes.add(new RoutePlan(to, from, rules));
    }
  }

  private static Rewrite.Step step(Rewrite.Operation operation, Section step)
      throws ConfigException {
    Integer id = step.parse("id", text -> Integer.parseUnsignedInt(text, 16));
    int len = step.number("len", 0, 64, -1);
    CanData data = step.parse("data", CanData::parse);
    return new Rewrite.Step(
        operation, id, len < 0 ? null : Integer.valueOf(len), data == null ? CanData.EMPTY : data);
  }

  private enum Sum {
    XOR,
    J1850,
    AUTOSAR
  }

  private static Rewrite.Checksum checksum(Section section) throws ConfigException {
    Crc8 crc =
        switch (section.choice("type", Sum.class, Sum.XOR)) {
          case XOR -> null;
          case J1850 -> Crc8.SAE_J1850;
          case AUTOSAR -> Crc8.AUTOSAR_8H2F;
        };
    return new Rewrite.Checksum(
        crc,
        section.number("from", -64, 63, 0),
        section.number("to", -64, 63, -2),
        section.number("result", -64, 63, -1),
        section.number("initial", 0, 255, 0));
  }
}
