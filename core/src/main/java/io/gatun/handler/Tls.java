package io.gatun.handler;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * How TLS is spoken: the settings of any number of {@link TlsHandler}s. Set it up once, by one
 * thread; then any thread may ask for {@link #handler}s.
 */
public final class Tls {
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

  /** Makes the engine of a connection; null when there is no context for the name. */
  private final Function<String, @Nullable SSLEngine> engines;

  private final boolean client;
  private final boolean asksForName;
  private Consumer<SSLParameters> parameters = parameters -> {};
  private @Nullable Executor executor;
  private Duration handshakeTimeout = HANDSHAKE_TIMEOUT;

  private Tls(Function<String, @Nullable SSLEngine> engines, boolean client, boolean asksForName) {
    this.engines = engines;
    this.client = client;
    this.asksForName = asksForName;
  }

  /** Serves with one context. */
  public static Tls server(SSLContext context) {
    return new Tls(name -> context.createSSLEngine(), false, false);
  }

  /**
   * Serves with a context that is chosen for each connection. What the function returns may change
   * at any time: new certificates are in use with the next connection.
   *
   * @param contexts given the host's name that the client asks for (SNI, RFC 6066), in lower case,
   *     or an empty string when it names none; null refuses the connection. It is called on the
   *     loop and must not block.
   */
  public static Tls server(Function<String, @Nullable SSLContext> contexts) {
    return new Tls(
        name -> {
          SSLContext context = contexts.apply(name);
          return context == null ? null : context.createSSLEngine();
        },
        false,
        true);
  }

  /**
   * Connects to a host, whose certificate must be for its name. Connections of one context to the
   * same host and port resume each other's sessions.
   *
   * @param host the name, which SNI tells the server
   */
  public static Tls client(SSLContext context, String host, int port) {
    return new Tls(name -> context.createSSLEngine(host, port), true, false);
  }

  /**
   * Sets what is changed of each connection's parameters: ALPN's protocols, client authentication,
   * versions, cipher suites.
   */
  public Tls parameters(Consumer<SSLParameters> parameters) {
    this.parameters = parameters;
    return this;
  }

  /**
   * Sets where the long computations of a handshake run; by default on the loop. Of many new
   * connections each would otherwise keep the others waiting for about a millisecond.
   */
  public Tls executor(Executor executor) {
    this.executor = executor;
    return this;
  }

  /** Sets how long a handshake may take; 10 seconds by default, zero for ever. */
  public Tls handshakeTimeout(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("handshakeTimeout: " + timeout + " is negative");
    }
    this.handshakeTimeout = timeout;
    return this;
  }

  /** Returns a handler for one channel; it belongs before those that see plain text. */
  public TlsHandler handler() {
    return new TlsHandler(this);
  }

  boolean isClient() {
    return client;
  }

  /** Whether the client's first message is looked at before there is an engine. */
  boolean asksForName() {
    return asksForName;
  }

  @Nullable Executor executor() {
    return executor;
  }

  Duration handshakeTimeout() {
    return handshakeTimeout;
  }

  @Nullable SSLEngine engine(String name) {
    SSLEngine engine = engines.apply(name);
    if (engine != null) {
      engine.setUseClientMode(client);
      SSLParameters settings = engine.getSSLParameters();
      if (client) {
        settings.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 2818: the name must fit
      }
      parameters.accept(settings);
      engine.setSSLParameters(settings);
    }
    return engine;
  }
}
