/**
 * Sockets that block, time out or return at once, as the calling program wishes: the model of
 * Python's {@code socket} module, on platform and on virtual threads.
 *
 * <ul>
 *   <li>{@link io.gatun.socket.Socket}: a socket of any family, with all of its calls.
 *   <li>{@link io.gatun.socket.Sockets}: the functions; connections to hosts, listeners, names.
 *   <li>{@link io.gatun.socket.SocketConstants}: the numbers, by their names in C.
 *   <li>{@link io.gatun.socket.SocketFile}: a socket as streams, lines, a reader and a writer.
 *   <li>{@link io.gatun.socket.GatunSocketFactory} and {@link
 *       io.gatun.socket.GatunServerSocketFactory}: for code that takes a {@code java.net.Socket}.
 * </ul>
 *
 * <p>Addresses, families and types are values of {@link io.gatun.address}, errors classes of {@link
 * io.gatun.error}, what goes beside the bytes of a message {@link io.gatun.message}.
 */
@NullMarked
package io.gatun.socket;

import org.jspecify.annotations.NullMarked;
