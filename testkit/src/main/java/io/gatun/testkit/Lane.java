package io.gatun.testkit;

import io.gatun.transport.Transport;
import java.util.Arrays;
import java.util.stream.Stream;

/** A transport and a family of addresses to show a behaviour on. */
record Lane(Transport transport, Family family) {
  /** Names the transports, with commas between; by default all that work on this machine. */
  private static final String PROPERTY = "gatun.test.transports";

  /** One that was named and cannot be had is an error, which says why. */
  private static Stream<Transport> transports() {
    String names = System.getProperty(PROPERTY, "");
    return names.isBlank()
        ? Transport.all().stream().filter(transport -> transport.unavailability() == null)
        : Arrays.stream(names.split(",", -1)).map(String::strip).map(Transport::named);
  }

  static Stream<Lane> ofTransports() {
    return transports().map(transport -> new Lane(transport, Family.IPV4));
  }

  static Stream<Lane> ofTransportsAndFamilies() {
    return transports()
        .flatMap(transport -> Family.all().map(family -> new Lane(transport, family)));
  }

  @Override
  public String toString() {
    return transport.name() + " " + family;
  }
}
