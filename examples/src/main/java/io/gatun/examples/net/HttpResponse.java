package io.gatun.examples.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Heads of responses, and short ones in full. */
final class HttpResponse {
  private HttpResponse() {}

  static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 206 -> "Partial Content";
      case 400 -> "Bad Request";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 408 -> "Request Timeout";
      case 413 -> "Content Too Large";
      case 416 -> "Range Not Satisfiable";
      case 431 -> "Request Header Fields Too Large";
      case 501 -> "Not Implemented";
      default -> "Error";
    };
  }

  /** A head with the length of the body that follows, and what other headers there are. */
  static ByteBuf head(
      ByteBufAllocator alloc, int status, long length, boolean keepAlive, String headers) {
    String text =
        "HTTP/1.1 "
            + status
            + " "
            + reason(status)
            + "\r\nContent-Length: "
            + length
            + "\r\n"
            + headers
            + (keepAlive ? "\r\n" : "Connection: close\r\n\r\n");
    return bytes(alloc, text);
  }

  /** A status without a body. */
  static ByteBuf status(ByteBufAllocator alloc, int status, boolean keepAlive) {
    return head(alloc, status, 0, keepAlive, "");
  }

  static ByteBuf bytes(ByteBufAllocator alloc, String text) {
    return alloc.directBuffer(text.length()).writeBytes(text.getBytes(ISO_8859_1));
  }
}
