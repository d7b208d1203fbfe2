/**
 * Errors of socket calls, as part of the interface: one line that names the call, the address and
 * errno, in a class whose parent is the JDK's own exception for it.
 *
 * <pre>
 * bind 127.0.0.1:80: EACCES (13) Permission denied
 * connect unix:/run/db: ECONNREFUSED (111) Connection refused
 * recv: ECONNRESET (104) Connection reset by peer
 * </pre>
 *
 * <p>So code written for {@code java.net} catches what it always caught ({@link
 * java.net.ConnectException}, {@link java.net.SocketTimeoutException} …), and new code asks {@link
 * io.gatun.error.SocketError} for the number: there is the table of all classes. {@link
 * io.gatun.error.SocketErrors#of} picks the class; the classes follow Python's {@code OSError}
 * family (PEP 3151).
 *
 * @serial exclude
 */
@NullMarked
package io.gatun.error;

import org.jspecify.annotations.NullMarked;
