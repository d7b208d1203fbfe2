package io.gatun.family;

import static io.gatun.socket.SocketConstants.ALG_OP_DECRYPT;
import static io.gatun.socket.SocketConstants.ALG_OP_ENCRYPT;
import static io.gatun.socket.SocketConstants.ALG_SET_AEAD_AUTHSIZE;
import static io.gatun.socket.SocketConstants.ALG_SET_KEY;
import static io.gatun.socket.SocketConstants.MSG_MORE;
import static io.gatun.socket.SocketConstants.SOL_ALG;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatun.address.AlgAddress;
import io.gatun.error.SocketErrorException;
import io.gatun.socket.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** The kernel's cryptography, beside the JDK's and published results; see crypto/userspace-if. */
final class AlgTest {
  private static final Random RANDOM = new Random(38);

  /** A socket that has an algorithm, and a key if one is given, and the one that works with it. */
  private record Algorithm(Socket parent, Socket operation) implements AutoCloseable {
    static Algorithm open(String type, String name, byte[] key) throws IOException {
      return open(type, name, key, 0);
    }

    static Algorithm open(String type, String name, byte[] key, int tagSize) throws IOException {
      Socket parent = Families.open("AF_ALG", "SOCK_SEQPACKET", "");
      parent.bind(new AlgAddress(type, name));
      if (key.length > 0) {
        parent.setSockOpt(SOL_ALG, ALG_SET_KEY, key);
      }
      if (tagSize > 0) {
        parent.setSockOptNull(SOL_ALG, ALG_SET_AEAD_AUTHSIZE, tagSize);
      }
      return new Algorithm(parent, parent.accept());
    }

    byte[] cipher(int what, byte[] iv, int associated, int size, byte[]... parts)
        throws IOException {
      List<ByteBuffer> buffers = Arrays.stream(parts).map(ByteBuffer::wrap).toList();
      int sent = operation.sendMsgAfalg(buffers, what, iv, associated, 0);
      assertEquals(Arrays.stream(parts).mapToInt(part -> part.length).sum(), sent);
      return operation.recv(size);
    }

    @Override
    public void close() {
      operation.close();
      parent.close();
    }
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  @Test
  void sha256HasThePublishedValue() throws Exception {
    try (Algorithm sha = Algorithm.open("hash", "sha256", new byte[0])) {
      sha.operation().sendAll("abc".getBytes(US_ASCII));
      // FIPS 180-4, appendix B.1
      assertArrayEquals(
          hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
          sha.operation().recv(64));
    }
  }

  @Test
  void aHashOfManyPartsIsTheJdksOfTheWhole() throws Exception {
    byte[] data = random(100_000);
    try (Algorithm sha = Algorithm.open("hash", "sha512", new byte[0])) {
      for (int from = 0; from < data.length; from += 30_000) {
        int to = Math.min(from + 30_000, data.length);
        int flags = to < data.length ? MSG_MORE : 0;
        sha.operation().sendAll(data, from, to - from, flags);
      }
      assertArrayEquals(
          MessageDigest.getInstance("SHA-512").digest(data), sha.operation().recv(64));
    }
  }

  @Test
  void hmacIsTheJdks() throws Exception {
    byte[] key = random(20);
    byte[] data = random(1000);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    try (Algorithm hmac = Algorithm.open("hash", "hmac(sha256)", key)) {
      hmac.operation().sendAll(data);
      assertArrayEquals(mac.doFinal(data), hmac.operation().recv(32));
    }
  }

  @Test
  void aesInCbcIsTheJdksBothWays() throws Exception {
    byte[] key = random(32);
    byte[] iv = random(16);
    byte[] plain = random(16 * 50);
    Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
    byte[] secret = cipher.doFinal(plain);
    try (Algorithm cbc = Algorithm.open("skcipher", "cbc(aes)", key)) {
      assertArrayEquals(secret, cbc.cipher(ALG_OP_ENCRYPT, iv, -1, plain.length, plain));
      assertArrayEquals(plain, cbc.cipher(ALG_OP_DECRYPT, iv, -1, plain.length, secret));
    }
  }

  @Test
  void aesInGcmHasTheJdksTagAndSeesAForgery() throws Exception {
    byte[] key = random(16);
    byte[] iv = random(12);
    byte[] beside = random(21);
    byte[] plain = random(333);
    int tag = 16;
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(tag * 8, iv));
    cipher.updateAAD(beside);
    byte[] secret = cipher.doFinal(plain);
    try (Algorithm gcm = Algorithm.open("aead", "gcm(aes)", key, tag)) {
      int room = beside.length + plain.length + tag;
      byte[] sealed = gcm.cipher(ALG_OP_ENCRYPT, iv, beside.length, room, beside, plain);
      assertArrayEquals(beside, Arrays.copyOf(sealed, beside.length), "it comes back as it is");
      assertArrayEquals(secret, Arrays.copyOfRange(sealed, beside.length, sealed.length));

      byte[] opened = gcm.cipher(ALG_OP_DECRYPT, iv, beside.length, room - tag, sealed);
      assertArrayEquals(plain, Arrays.copyOfRange(opened, beside.length, opened.length));

      sealed[beside.length] ^= 1;
      SocketErrorException forged =
          assertThrows(
              SocketErrorException.class,
              () -> gcm.cipher(ALG_OP_DECRYPT, iv, beside.length, room - tag, sealed));
      assertEquals("EBADMSG", forged.errnoName());
    }
  }

  @Test
  void randomNumbersComeInAnyNumberAndDiffer() throws Exception {
    // The key is the seed.
    try (Algorithm rng = Algorithm.open("rng", "stdrng", random(48))) {
      byte[] one = rng.operation().recv(32);
      byte[] two = rng.operation().recv(32);
      assertEquals(32, one.length);
      assertEquals(32, two.length);
      assertFalse(Arrays.equals(one, two));
    }
  }

  @Test
  void anAlgorithmThatIsNotThereIsNamed() throws Exception {
    try (Socket socket = Families.open("AF_ALG", "SOCK_SEQPACKET", "")) {
      IOException none =
          assertThrows(
              IOException.class, () -> socket.bind(new AlgAddress("hash", "no such hash")));
      assertEquals(
          "bind alg:0,0,hash,no\\x20such\\x20hash: ENOENT (2) No such file or directory",
          none.getMessage());
    }
  }
}
