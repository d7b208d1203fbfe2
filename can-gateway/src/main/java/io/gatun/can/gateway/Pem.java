package io.gatun.can.gateway;

import io.gatun.handler.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** TLS of files as OpenSSL makes them: certificates in PEM, keys in PEM's PKCS #8. */
final class Pem {
  private static final char[] NO_PASSWORD = {};

  private Pem() {}

  /**
   * Serves.
   *
   * @param clients who must sign a client's certificate; null for clients without
   */
  static Tls server(Path certificate, Path key, @Nullable Path clients)
      throws IOException, GeneralSecurityException {
    Tls tls = Tls.server(context(certificate, key, clients));
    return clients == null ? tls : tls.parameters(settings -> settings.setNeedClientAuth(true));
  }

  /**
   * Connects.
   *
   * @param certificate this side's, or null
   * @param servers who must have signed the server's; null for those whom Java trusts
   */
  static Tls client(
      String host, int port, @Nullable Path certificate, @Nullable Path key, @Nullable Path servers)
      throws IOException, GeneralSecurityException {
    return Tls.client(context(certificate, key, servers), host, port);
  }

  private static SSLContext context(
      @Nullable Path certificate, @Nullable Path key, @Nullable Path trusted)
      throws IOException, GeneralSecurityException {
    KeyManager @Nullable [] keys = null;
    if (certificate != null && key != null) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "key",
          privateKey(key),
          NO_PASSWORD,
          certificates(certificate).toArray(Certificate[]::new));
      KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
      factory.init(store, NO_PASSWORD);
      keys = factory.getKeyManagers();
    }
    TrustManager @Nullable [] trust = null;
    if (trusted != null) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      int i = 0;
      for (Certificate one : certificates(trusted)) {
        store.setCertificateEntry("trusted" + i++, one);
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      trust = factory.getTrustManagers();
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust, null);
    return context;
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (found.isEmpty()) {
        throw new GeneralSecurityException(file + " has no certificate");
      }
      return found;
    }
  }

  private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    String text = Files.readString(file, StandardCharsets.US_ASCII);
    int begin = text.indexOf("-----BEGIN PRIVATE KEY-----");
    int end = text.indexOf("-----END PRIVATE KEY-----");
    if (begin < 0 || end < begin) {
      throw new GeneralSecurityException(
          file + " has no \"BEGIN PRIVATE KEY\": openssl pkcs8 -topk8 -nocrypt makes one");
    }
    byte[] bytes =
        Base64.getMimeDecoder()
            .decode(text.substring(begin + "-----BEGIN PRIVATE KEY-----".length(), end));
    for (String algorithm : new String[] {"EC", "RSA", "EdDSA"}) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
      } catch (InvalidKeySpecException e) {
        // One of the others, then.
      }
    }
    throw new GeneralSecurityException(file + " is neither an EC nor an RSA nor an EdDSA key");
  }
}
