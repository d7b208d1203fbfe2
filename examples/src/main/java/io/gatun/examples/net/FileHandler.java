package io.gatun.examples.net;

import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.channel.FileRegion;
import io.gatun.handler.Closing;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Answers requests with files, in order, each once the one before has been sent. */
final class FileHandler implements ChannelHandler {
  /** What the handler tells itself, in its turn. */
  private enum Event {
    SENT
  }

  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

  private final Path root;
  private final Queue<HttpRequest> requests = new ArrayDeque<>();

  private boolean sending;
  private long position;
  private long end;

  /** The connection ends after the response under way. */
  private boolean last;

  private boolean ended;

  /**
   * Serves a folder.
   *
   * @param root its real path
   */
  FileHandler(Path root) {
    this.root = root;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
    if (message instanceof HttpRequest request) {
      requests.add(request);
      send(ctx);
    } else {
      ctx.fireChannelRead(message);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) throws IOException {
    send(ctx);
  }

  @Override
  public void userEvent(ChannelHandlerContext ctx, Object event) throws IOException {
    if (event == Event.SENT) {
      sending = false;
      finish(ctx);
      send(ctx);
    } else {
      ctx.fireUserEvent(event);
    }
  }

  /** Answers as many requests as the client takes answers for now. */
  private void send(ChannelHandlerContext ctx) throws IOException {
    while (!sending && !ended && ctx.channel().isWritable() && !requests.isEmpty()) {
      answer(ctx, requests.remove());
    }
    ctx.flush();
    if (ctx.channel().isOpen()) {
      ctx.channel().setOption(ChannelOption.AUTO_READ, !sending && requests.isEmpty());
    }
  }

  private void finish(ChannelHandlerContext ctx) {
    if (last) {
      ended = true;
      Closing.whenSent(ctx.channel());
    }
  }

  private void answer(ChannelHandlerContext ctx, HttpRequest request) {
    last = !request.keepAlive();
    int status = request.error();
    if (status == 0) {
      try {
        switch (request.method()) {
          case "GET", "HEAD" -> {
            open(ctx, request, find(request.target()));
            return;
          }
          default -> status = 405;
        }
      } catch (IOException | IllegalArgumentException e) { // InvalidPathException is one
        status = 404;
      }
    }
    ctx.write(HttpResponse.status(ctx.alloc(), status, request.keepAlive()), null);
    finish(ctx);
  }

  /** Returns the file of a target within the folder. */
  private Path find(String target) throws IOException {
    String path = target.split("[?#]", 2)[0].replace("+", "%2B"); // a plus is itself in a path
    String decoded = URLDecoder.decode(path, StandardCharsets.UTF_8);
    Path found = root.resolve(decoded.replaceFirst("^/", "")).normalize();
    if (decoded.startsWith("/") && found.startsWith(root)) {
      Path file = Files.isDirectory(found) ? found.resolve("index.html") : found;
      Path real = file.toRealPath(); // links are followed no farther than the folder
      if (real.startsWith(root) && Files.isRegularFile(real)) {
        return real;
      }
    }
    throw new NoSuchFileException(target);
  }

  private void open(ChannelHandlerContext ctx, HttpRequest request, Path path) throws IOException {
    long size = Files.size(path);
    position = 0;
    end = size;
    int status = 200;
    String headers = "Accept-Ranges: bytes\r\n";
    Matcher range = RANGE.matcher(String.valueOf(request.range()));
    if (range.matches() && range.end(2) > range.start(1) + 1) {
      status = select(range, size) ? 206 : 416;
      headers +=
          "Content-Range: bytes "
              + (status == 206 ? position + "-" + (end - 1) : "*")
              + "/"
              + size
              + "\r\n";
    }
    long length = end - position;
    boolean get = request.method().equals("GET");
    FileRegion region = get ? FileRegion.open(path, position, length) : null;
    ctx.write(HttpResponse.head(ctx.alloc(), status, length, request.keepAlive(), headers), null);
    if (region == null) {
      finish(ctx);
      return;
    }
    sending = true;
    Promise<Void> sent = ctx.newPromise();
    sent.addListener(
        done -> ctx.pipeline().fireUserEvent(Event.SENT)); // in its turn, on this executor
    ctx.write(region, sent);
  }

  /** Takes a range over (RFC 9110, 14.1.2). Returns false when the file has nothing of it. */
  private boolean select(Matcher range, long size) {
    if (range.group(1).isEmpty()) {
      position = Math.max(0, size - Long.parseLong(range.group(2))); // the last bytes
    } else {
      position = Long.parseLong(range.group(1));
      if (!range.group(2).isEmpty()) {
        end = Math.min(size, Long.parseLong(range.group(2)) + 1);
      }
    }
    boolean any = position < end;
    if (!any) {
      position = 0;
      end = 0;
    }
    return any;
  }
}
