package io.gatun.can.gateway;

import io.gatun.address.Address;
import io.gatun.channel.EventLoop;
import io.gatun.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A gateway that runs: made of a configuration file, it is on one event loop until it is closed.
 * Any thread may use it.
 */
public final class Gateway implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 10;

  private final EventLoopGroup group;
  private final EventLoop loop;
  private final Map<String, Bus> buses = new LinkedHashMap<>();
  private final List<Endpoint> endpoints = new ArrayList<>();
  private final List<Route> routes = new ArrayList<>();
  private @Nullable StatusServer status;

  private Gateway(EventLoopGroup group) {
    this.group = group;
    this.loop = group.next();
  }

  /**
   * Checks a configuration, and begins nothing.
   *
   * @throws ConfigException if it is wrong
   * @throws IOException if it cannot be read
   */
  public static void check(Path file) throws IOException, ConfigException {
    Config config = Config.read(file);
    assert config != null;
  }

  /**
   * Starts a gateway.
   *
   * @throws ConfigException if the configuration is wrong
   * @throws IOException if something that it names cannot be had, such as an address
   */
  public static Gateway start(Path file) throws IOException, ConfigException {
    Config config = Config.read(file);
    Gateway gateway = new Gateway(EventLoopGroup.builder().loops(1).name("can-gateway").build());
    try {
      gateway.start(config);
      return gateway;
    } catch (IOException | RuntimeException e) {
      gateway.close();
      throw e;
    } catch (Exception e) {
      gateway.close();
      throw new IOException(e);
    }
  }

  private void start(Config config) throws Exception {
    config.buses.forEach(
        (name, onceNanos) -> buses.put(name, new Bus(name, buses.size(), loop, onceNanos)));
    loop.submit(
            () -> {
              for (Config.RoutePlan plan : config.routes) {
                Bus from = buses.get(plan.from());
                Bus to = buses.get(plan.to());
                if (from != null && to != null) { // as they are: the configuration was checked
                  Route route = new Route(from, to, plan.rules(), loop);
                  from.join(route);
                  routes.add(route);
                }
              }
            })
        .sync();
    for (Config.Plan plan : config.endpoints) {
      Endpoint endpoint = plan.make(group, loop, buses);
      endpoints.add(endpoint);
      endpoint.start();
    }
    Address address = config.status;
    if (address != null) {
      status = new StatusServer(group, address, this::statusOnLoop);
      status.start();
    }
  }

  /** Returns where the endpoints and the status listen, by their names. */
  public Map<String, String> listening() {
    Map<String, String> found = new LinkedHashMap<>();
    for (Endpoint endpoint : endpoints) {
      if (!endpoint.listens().isEmpty()) {
        found.put(endpoint.name, endpoint.listens());
      }
    }
    if (status != null) {
      found.put("status", status.address());
    }
    return found;
  }

  /** Returns the status as JSON. */
  public String status() {
    return loop.submit(this::statusOnLoop).syncUninterruptibly().getNow();
  }

  private String statusOnLoop() {
    return Status.json(snapshotOnLoop());
  }

  Status snapshot() {
    return loop.submit(this::snapshotOnLoop).syncUninterruptibly().getNow();
  }

  private Status snapshotOnLoop() {
    return Status.of(buses.values(), endpoints, routes);
  }

  /** Ends it: connections are closed, and logs complete. */
  @Override
  public void close() {
    if (!group.isShuttingDown()) {
      if (status != null) {
        status.close();
      }
      loop.submit(
              () -> {
                routes.forEach(Route::close);
                endpoints.forEach(Endpoint::close);
              })
          .awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS);
      group.close();
    }
  }
}
