/**
 * Sockets that block, time out or return at once, as the calling program wishes: the model of
 * Python's {@code socket} module, on platform and on virtual threads.
 */
@NullMarked
package io.gatun.socket;

import org.jspecify.annotations.NullMarked;
