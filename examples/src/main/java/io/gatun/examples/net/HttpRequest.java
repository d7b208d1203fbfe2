package io.gatun.examples.net;

import org.jspecify.annotations.Nullable;

/**
 * The head of a request.
 *
 * @param method such as GET
 * @param target what follows it, such as a path
 * @param keepAlive the connection is to stay open
 * @param range the value of the header of that name
 * @param error what is wrong with the request, as a status of HTTP; 0 when nothing is
 */
record HttpRequest(
    String method, String target, boolean keepAlive, @Nullable String range, int error) {
  static HttpRequest refused(int status) {
    return new HttpRequest("", "", false, null, status);
  }
}
