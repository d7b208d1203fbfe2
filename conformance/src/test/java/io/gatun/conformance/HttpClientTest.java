package io.gatun.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gatun.socket.GatunSocketFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.SocketFactory;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Apache's HTTP client, as it is, over Gatun's sockets. */
@org.junit.jupiter.api.Timeout(60)
class HttpClientTest {
  /** Answers with the path, or with what was posted; "/silent" never. */
  private static final String PYTHON_SERVER =
      """
      import http.server, socketserver, sys, threading
      class Handler(http.server.BaseHTTPRequestHandler):
          protocol_version = 'HTTP/1.1'
          def answer(self, body):
              if self.path == '/silent': threading.Event().wait()
              self.send_response(200)
              self.send_header('Content-Length', str(len(body)))
              self.end_headers()
              self.wfile.write(body)
          def do_GET(self): self.answer(self.path.encode())
          def do_POST(self): self.answer(self.rfile.read(int(self.headers['Content-Length'])))
          def log_message(self, *args): pass
          def address_string(self): return 'unix'
      class Server(socketserver.ThreadingUnixStreamServer):
          daemon_threads = True
          request_queue_size = 128
      with Server(sys.argv[1], Handler) as server:
          print('ready', flush=True)
          server.serve_forever()
      """;

  @TempDir Path folder;

  /** What a user of the client writes. */
  private static CloseableHttpClient client(SocketFactory sockets) {
    var operator =
        new DefaultHttpClientConnectionOperator(
            proxy -> sockets.createSocket(), null, null, name -> null);
    var connections = new PoolingHttpClientConnectionManager(operator, null, null, null, null);
    connections.setMaxTotal(64);
    connections.setDefaultMaxPerRoute(64);
    return HttpClients.custom().setConnectionManager(connections).disableAutomaticRetries().build();
  }

  private static byte[] ask(CloseableHttpClient client, ClassicHttpRequest request)
      throws IOException {
    return client.execute(
        request,
        response -> {
          assertEquals(200, response.getCode());
          return EntityUtils.toByteArray(response.getEntity());
        });
  }

  private static void talk(CloseableHttpClient client, String url) throws Exception {
    assertEquals("/page", new String(ask(client, new HttpGet(url + "/page")), UTF_8));
    byte[] much = new byte[4 << 20];
    new Random(2).nextBytes(much);
    HttpPost post = new HttpPost(url + "/");
    post.setEntity(new ByteArrayEntity(much, ContentType.APPLICATION_OCTET_STREAM));
    assertArrayEquals(much, ask(client, post));
    HttpGet silent = new HttpGet(url + "/silent");
    silent.setConfig(
        RequestConfig.custom().setResponseTimeout(Timeout.ofMilliseconds(100)).build());
    assertThrows(SocketTimeoutException.class, () -> ask(client, silent));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> answers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        String path = "/" + i;
        answers.add(threads.submit(() -> ask(client, new HttpGet(url + path))));
      }
      for (int i = 0; i < 200; i++) {
        assertEquals("/" + i, new String(answers.get(i).get(), UTF_8));
      }
    }
  }

  @Test
  void overAUnixPath() throws Exception {
    Peer.assumeInstalled("python3");
    String path = folder.resolve("http").toString();
    try (Peer server = new Peer(List.of("python3", "-c", PYTHON_SERVER, path));
        CloseableHttpClient client = client(new GatunSocketFactory(path))) {
      server.awaitLine("ready");
      server.drain();
      talk(client, "http://localhost");
    }
  }

  @Test
  void overTcp() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
    CountDownLatch over = new CountDownLatch(1);
    server.createContext("/", exchange -> answer(exchange, over));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        CloseableHttpClient client = client(GatunSocketFactory.getDefault())) {
      server.setExecutor(threads);
      server.start();
      talk(client, "http://127.0.0.1:" + server.getAddress().getPort());
      over.countDown();
      server.stop(0);
    }
  }

  private static void answer(HttpExchange exchange, CountDownLatch over) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (path.equals("/silent")) {
        over.await();
      }
      byte[] posted = exchange.getRequestBody().readAllBytes();
      byte[] body = posted.length > 0 ? posted : path.getBytes(UTF_8);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
