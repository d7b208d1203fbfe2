package io.gatun.testkit;

import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** A context that keeps the last engine it has made, for a test to disturb. */
final class Captured extends SSLContext {
  private final Spi spi;

  Captured(SSLContext context) {
    this(new Spi(context));
  }

  private Captured(Spi spi) {
    super(spi, spi.context.getProvider(), spi.context.getProtocol());
    this.spi = spi;
  }

  /** Returns the engine. Its channel's loop alone may use it. */
  SSLEngine engine() {
    return Objects.requireNonNull(spi.engine);
  }

  private static final class Spi extends SSLContextSpi {
    private final SSLContext context;
    private volatile @Nullable SSLEngine engine;

    Spi(SSLContext context) {
      this.context = context;
    }

    private SSLEngine keep(SSLEngine engine) {
      this.engine = engine;
      return engine;
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return keep(context.createSSLEngine());
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return keep(context.createSSLEngine(host, port));
    }

    @Override
    protected void engineInit(
        KeyManager @Nullable [] keys,
        TrustManager @Nullable [] trusted,
        @Nullable SecureRandom random)
        throws KeyManagementException {
      context.init(keys, trusted, random);
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return context.getSocketFactory();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      return context.getServerSocketFactory();
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return context.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return context.getClientSessionContext();
    }
  }
}
