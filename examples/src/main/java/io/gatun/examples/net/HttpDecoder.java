package io.gatun.examples.net;

import io.gatun.channel.ChannelHandlerContext;
import io.gatun.handler.ByteDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests of HTTP/1.0 and 1.1 (RFC 9112), one after the other as clients send them. Bodies
 * are read past. What does not fit its limits is refused, and nothing more is read.
 */
final class HttpDecoder extends ByteDecoder {
  private static final int MAX_HEAD = 8 * 1024;
  private static final int MAX_HEADERS = 100;
  private static final long MAX_BODY = 1 << 20;

  /** How long a request may take to come, which a byte now and then does not prolong. */
  private final Duration timeout;

  /** Runs while a part of a request is there. */
  private @Nullable Future<?> deadline;

  /** Bytes of the head that were looked at. */
  private int looked;

  private long body;
  private boolean refused;

  HttpDecoder(Duration timeout) {
    this.timeout = timeout;
  }

  @Override
  protected @Nullable Object decode(ChannelHandlerContext ctx, ByteBuf in) {
    HttpRequest request = next(in);
    boolean whole = body == 0 && (request != null || !in.isReadable());
    if (whole && deadline != null) {
      deadline.cancel(false);
      deadline = null;
    } else if (!whole && deadline == null && !timeout.isZero()) {
      long nanos = timeout.toNanos();
      deadline = ctx.eventLoop().schedule(() -> expired(ctx), nanos, TimeUnit.NANOSECONDS);
    }
    return request;
  }

  private void expired(ChannelHandlerContext ctx) {
    if (ctx.isRemoved()) {
      return;
    }
    if (body > 0) { // it has been answered already
      ctx.close();
      return;
    }
    refused = true;
    ctx.fireChannelRead(HttpRequest.refused(408));
    ctx.fireChannelReadComplete();
  }

  @Override
  protected void removed(ChannelHandlerContext ctx) {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  private @Nullable HttpRequest next(ByteBuf in) {
    if (refused) {
      in.skipBytes(in.readableBytes());
      return null;
    }
    if (body > 0) {
      int some = (int) Math.min(body, in.readableBytes());
      in.skipBytes(some);
      body -= some;
      return null;
    }
    int end = endOfHead(in);
    if (end < 0 && in.readableBytes() <= MAX_HEAD) {
      return null;
    }
    HttpRequest request;
    if (end < 0 || end - in.readerIndex() > MAX_HEAD) {
      in.skipBytes(in.readableBytes()); // nothing of it is a request
      request = HttpRequest.refused(431);
    } else {
      request = parse(in.readCharSequence(end - in.readerIndex(), StandardCharsets.ISO_8859_1));
    }
    looked = 0;
    refused = request.error() != 0;
    return request;
  }

  /** Returns the index behind the empty line that ends the head, or −1. */
  private int endOfHead(ByteBuf in) {
    int from = in.readerIndex() + looked;
    for (int lf; (lf = in.indexOf(from, in.writerIndex(), (byte) '\n')) >= 0; from = lf + 1) {
      int line = lf - 1 - (lf > in.readerIndex() && in.getByte(lf - 1) == '\r' ? 1 : 0);
      if (line < in.readerIndex() || in.getByte(line) == '\n') {
        return lf + 1;
      }
    }
    looked = from - in.readerIndex();
    return -1;
  }

  private HttpRequest parse(CharSequence head) {
    String[] lines = head.toString().strip().split("\r?\n", -1);
    String[] start = lines[0].split(" ", -1);
    if (start.length != 3 || !start[2].startsWith("HTTP/1.")) {
      return HttpRequest.refused(400);
    }
    if (lines.length - 1 > MAX_HEADERS) {
      return HttpRequest.refused(431);
    }
    boolean keepAlive = !start[2].equals("HTTP/1.0");
    String range = null;
    String length = null;
    int hosts = 0;
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon <= 0 || lines[i].charAt(colon - 1) <= ' ') {
        return HttpRequest.refused(400);
      }
      String value = lines[i].substring(colon + 1).strip();
      switch (lines[i].substring(0, colon).toLowerCase(Locale.ROOT)) {
        case "connection" -> {
          keepAlive |= value.equalsIgnoreCase("keep-alive");
          keepAlive &= !value.equalsIgnoreCase("close");
        }
        case "content-length" -> {
          if (!value.matches("[0-9]{1,18}") || (length != null && !length.equals(value))) {
            return HttpRequest.refused(400); // RFC 9112, 6.3: two readings, and somebody's trick
          }
          length = value;
          body = Long.parseLong(value);
          if (body > MAX_BODY) {
            return HttpRequest.refused(413);
          }
        }
        case "transfer-encoding" -> {
          return HttpRequest.refused(501);
        }
        case "range" -> range = value;
        case "host" -> hosts++;
        default -> {}
      }
    }
    if (hosts > 1 || (hosts == 0 && !start[2].equals("HTTP/1.0"))) {
      return HttpRequest.refused(400); // RFC 9112, 3.2
    }
    return new HttpRequest(start[0], start[1], keepAlive, range, 0);
  }
}
