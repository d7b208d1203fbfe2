package io.gatun.examples.net;

import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.channel.ChannelOption;
import io.gatun.handler.Closing;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Answers requests with files, in order, and reads no more of them than the client takes. */
final class FileHandler implements ChannelHandler {
  private static final int CHUNK = 64 * 1024;
  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

  private final Path root;
  private final Queue<HttpRequest> requests = new ArrayDeque<>();

  /** The file that is being sent. */
  private @Nullable FileChannel file;

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
  public void handlerRemoved(ChannelHandlerContext ctx) throws IOException {
    if (file != null) {
      file.close();
    }
  }

  /** Sends as much as the client takes for now. */
  private void send(ChannelHandlerContext ctx) throws IOException {
    while (ctx.channel().isWritable() && !ended) {
      if (file != null) {
        sendChunk(ctx, file);
      } else if (!requests.isEmpty()) {
        answer(ctx, requests.remove());
      } else {
        break;
      }
    }
    ctx.flush();
    if (ctx.channel().isOpen()) {
      boolean more = file == null && requests.isEmpty();
      ctx.channel().setOption(ChannelOption.AUTO_READ, more);
    }
  }

  private void sendChunk(ChannelHandlerContext ctx, FileChannel file) throws IOException {
    int size = (int) Math.min(CHUNK, end - position);
    ByteBuf chunk = ctx.alloc().directBuffer(Math.max(1, size));
    int count = 0;
    try {
      while (chunk.readableBytes() < size) {
        count =
            chunk.writeBytes(file, position + chunk.readableBytes(), size - chunk.readableBytes());
        if (count <= 0) {
          throw new IOException("a file got shorter while it was sent");
        }
      }
    } catch (IOException e) {
      chunk.release();
      throw e;
    }
    position += size;
    ctx.write(chunk, null);
    if (position == end) {
      file.close();
      this.file = null;
      finish(ctx);
    }
  }

  private void finish(ChannelHandlerContext ctx) {
    if (last) {
      ended = true;
      Closing.whenSent(ctx.channel());
    }
  }

  private void answer(ChannelHandlerContext ctx, HttpRequest request) throws IOException {
    last = !request.keepAlive();
    boolean get = request.method().equals("GET");
    int status = request.error() != 0 ? request.error() : 405;
    if (request.error() == 0 && (get || request.method().equals("HEAD"))) {
      Path path = find(request.target());
      if (path != null) {
        open(ctx, request, path);
        return;
      }
      status = 404;
    }
    ctx.write(HttpResponse.status(ctx.alloc(), status, request.keepAlive()), null);
    finish(ctx);
  }

  /** Returns the file of a target, or null when there is none within the folder. */
  private @Nullable Path find(String target) {
    try {
      String path = target.split("[?#]", 2)[0].replace("+", "%2B"); // a plus is itself in a path
      String decoded = URLDecoder.decode(path, StandardCharsets.UTF_8);
      if (!decoded.startsWith("/")) {
        return null;
      }
      Path found = root.resolve(decoded.substring(1)).normalize();
      if (!found.startsWith(root)) {
        return null;
      }
      if (Files.isDirectory(found)) {
        found = found.resolve("index.html");
      }
      Path real = found.toRealPath(); // links are followed no farther than the folder
      return real.startsWith(root) && Files.isRegularFile(real) ? real : null;
    } catch (IOException | IllegalArgumentException e) { // InvalidPathException is one
      return null;
    }
  }

  private void open(ChannelHandlerContext ctx, HttpRequest request, Path path) throws IOException {
    FileChannel opened = FileChannel.open(path, StandardOpenOption.READ);
    long size = opened.size();
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
    ctx.write(HttpResponse.head(ctx.alloc(), status, length, request.keepAlive(), headers), null);
    if (length == 0 || request.method().equals("HEAD")) {
      opened.close();
      finish(ctx);
    } else {
      file = opened;
    }
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
