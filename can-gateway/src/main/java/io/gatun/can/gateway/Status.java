package io.gatun.can.gateway;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a gateway has done so far: a copy. */
record Status(List<BusLine> buses, List<Line> endpoints, List<Line> routes) {
  /** A bus. */
  record BusLine(String name, long frames, long bytes) {}

  /**
   * A member, or an endpoint's members that are no more.
   *
   * @param offered what the bus has given: sent, dropped and queued together
   * @param reasons of what was dropped, and of what was lost before it came to the bus
   */
  record Line(
      String name,
      String bus,
      String state,
      long received,
      long offered,
      long sent,
      long dropped,
      long queued,
      Map<String, Long> reasons) {}

  static Status of(Collection<Bus> buses, Collection<Endpoint> endpoints, List<Route> routes) {
    List<Line> lines = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      String listens = endpoint.listens();
      boolean serves = endpoint.members.stream().noneMatch(m -> m.name.equals(endpoint.name));
      if (serves) {
        lines.add(line(endpoint.name, "", listens.isEmpty() ? "" : "at " + listens, endpoint.past));
      }
      for (Member member : endpoint.members) {
        String name =
            member.name.equals(endpoint.name) ? endpoint.name : endpoint.name + " " + member.name;
        lines.add(line(name, member.bus.name, member.state(), member.counters));
      }
    }
    return new Status(
        buses.stream().map(bus -> new BusLine(bus.name, bus.frames(), bus.bytes())).toList(),
        lines,
        routes.stream().map(route -> line(route.name, "", "", route.counters)).toList());
  }

  private static Line line(String name, String bus, String state, Counters counters) {
    return new Line(
        name,
        bus,
        state,
        counters.receivedFrames(),
        counters.offeredFrames(),
        counters.sentFrames(),
        counters.droppedFrames(),
        counters.queued(),
        new TreeMap<>(counters.reasons()));
  }

  static String json(Status status) {
    StringBuilder out = new StringBuilder(1024).append("{\"buses\":[");
    String comma = "";
    for (BusLine bus : status.buses) {
      out.append(comma).append("{\"name\":").append(quoted(bus.name));
      out.append(",\"frames\":").append(bus.frames).append(",\"bytes\":").append(bus.bytes);
      out.append('}');
      comma = ",";
    }
    out.append("],\"endpoints\":");
    lines(out, status.endpoints);
    out.append(",\"routes\":");
    lines(out, status.routes);
    return out.append('}').toString();
  }

  private static void lines(StringBuilder out, List<Line> lines) {
    out.append('[');
    String comma = "";
    for (Line line : lines) {
      out.append(comma).append("{\"name\":").append(quoted(line.name));
      out.append(",\"bus\":").append(quoted(line.bus));
      out.append(",\"state\":").append(quoted(line.state));
      out.append(",\"received\":").append(line.received);
      out.append(",\"offered\":").append(line.offered);
      out.append(",\"sent\":").append(line.sent);
      out.append(",\"dropped\":").append(line.dropped);
      out.append(",\"queued\":").append(line.queued);
      out.append(",\"reasons\":{");
      String inner = "";
      for (Map.Entry<String, Long> reason : line.reasons.entrySet()) {
        out.append(inner).append(quoted(reason.getKey())).append(':').append(reason.getValue());
        inner = ",";
      }
      out.append("}}");
      comma = ",";
    }
    out.append(']');
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
