package io.gatun.benchmarks;

import io.gatun.benchmarks.echo.BlockingEcho;
import io.gatun.benchmarks.echo.GatunEcho;
import io.gatun.benchmarks.echo.NettyEcho;
import io.gatun.benchmarks.echo.NioEcho;
import io.gatun.transport.Transport;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The echo servers that are compared, by their names. */
final class EchoServers {
  /** The one in C, which shows what can be had. */
  static final String LIMIT = "c";

  /** Stands before the name of a transport. */
  private static final String GATUN = "gatun-";

  private EchoServers() {}

  /** A thread for each connection: it has no loop. */
  static final String BLOCKING = "blocking";

  /** The same with virtual threads. */
  static final String VIRTUAL = "virtual";

  /** Whether there is one of this name, be it that it cannot run here. */
  static boolean knows(String name) {
    String[] parts = name.split(":", 2);
    if (parts.length > 1 && !(Table.isGatun(name) && parts[1].matches(Settings.NUMBER))) {
      return false;
    }
    return name.equals(LIMIT) || java().containsKey(parts[0]);
  }

  /**
   * Returns the command that starts one. Behind the name of one of Gatun's may stand a colon and
   * its number of loops; the name may also be that of a program for Windows.
   */
  static List<String> command(String name) throws IOException, InterruptedException {
    if (name.endsWith(".exe")) {
      return List.of(name);
    }
    if (name.equals(LIMIT)) {
      return List.of(CProgram.compile("echo").toString());
    }
    String[] parts = name.split(":", 2);
    List<String> command = java().get(parts[0]);
    if (command == null) {
      throw new IllegalArgumentException("there is no server " + name);
    }
    for (Transport transport : Transport.all()) {
      String why = transport.unavailability();
      if (why != null && parts[0].equals(GATUN + transport.name())) {
        throw new CannotRunException(why);
      }
    }
    command.addAll(Arrays.asList(parts).subList(1, parts.length));
    return command;
  }

  private static Map<String, List<String>> java() {
    Map<String, List<String>> servers = new LinkedHashMap<>();
    for (Transport transport : Transport.all()) {
      String name = transport.name();
      servers.put(GATUN + name, ServerProcess.java(GatunEcho.class, name));
    }
    servers.put("netty-epoll", ServerProcess.java(NettyEcho.class, "epoll"));
    servers.put("netty-io_uring", ServerProcess.java(NettyEcho.class, "io_uring"));
    servers.put("netty-nio", ServerProcess.java(NettyEcho.class, "nio"));
    servers.put("nio", ServerProcess.java(NioEcho.class));
    servers.put(BLOCKING, ServerProcess.java(BlockingEcho.class));
    servers.put(VIRTUAL, ServerProcess.java(BlockingEcho.class, "virtual"));
    return servers;
  }
}
