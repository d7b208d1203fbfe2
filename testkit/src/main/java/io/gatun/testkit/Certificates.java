package io.gatun.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A key and a certificate that vouches for itself, made by the JDK's keytool for the test run. */
public record Certificates(String host, KeyStore keys) {
  private static final char[] PASSWORD = "password".toCharArray();
  private static final Map<String, Certificates> MADE = new ConcurrentHashMap<>();

  /** The one of a host; the same for the whole run. */
  public static Certificates of(String host) {
    return MADE.computeIfAbsent(host, Certificates::make);
  }

  private static Certificates make(String host) {
    try {
      Path folder = Files.createTempDirectory("gatun");
      Path store = folder.resolve("keys.p12");
      Process keytool =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  "-genkeypair",
                  "-keystore",
                  store.toString(),
                  "-storepass",
                  new String(PASSWORD),
                  "-alias",
                  "key",
                  "-keyalg",
                  "EC",
                  "-dname",
                  "CN=" + host,
                  "-ext",
                  "san=dns:" + host + ",ip:127.0.0.1",
                  "-validity",
                  "2")
              .redirectErrorStream(true)
              .start();
      String said = new String(keytool.getInputStream().readAllBytes(), US_ASCII);
      if (keytool.waitFor() != 0) {
        throw new IllegalStateException("keytool: " + said);
      }
      KeyStore keys = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(store)) {
        keys.load(in, PASSWORD);
      }
      Files.delete(store);
      Files.delete(folder);
      return new Certificates(host, keys);
    } catch (IOException | GeneralSecurityException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  Certificate certificate() throws GeneralSecurityException {
    return keys.getCertificate("key");
  }

  /** A context that has this key, and believes another certificate alone. */
  public SSLContext trusting(Certificates other) throws GeneralSecurityException, IOException {
    KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("PKIX");
    keyManagers.init(keys, PASSWORD);
    return other.believed(keyManagers.getKeyManagers());
  }

  /** A context that has no key, and believes this certificate alone. */
  public SSLContext believed() throws GeneralSecurityException, IOException {
    return believed(new KeyManager[0]);
  }

  private SSLContext believed(KeyManager[] keyManagers)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("other", certificate());
    TrustManagerFactory trustManagers = TrustManagerFactory.getInstance("PKIX");
    trustManagers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers, trustManagers.getTrustManagers(), null);
    return context;
  }

  /** A file for OpenSSL, with certificate and key. */
  Path pem(Path folder) throws GeneralSecurityException, IOException {
    return Files.writeString(folder.resolve("cert.pem"), certificatePem() + keyPem());
  }

  /** Files of the host's name: {@code .pem} with the certificate, {@code .key} with the key. */
  public void write(Path folder) throws GeneralSecurityException, IOException {
    Files.writeString(folder.resolve(host + ".pem"), certificatePem());
    Files.writeString(folder.resolve(host + ".key"), keyPem());
  }

  private String certificatePem() throws GeneralSecurityException {
    return pem("CERTIFICATE", certificate().getEncoded());
  }

  private String keyPem() throws GeneralSecurityException {
    return pem("PRIVATE KEY", keys.getKey("key", PASSWORD).getEncoded());
  }

  private static String pem(String what, byte[] der) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + what
        + "-----\n";
  }
}
