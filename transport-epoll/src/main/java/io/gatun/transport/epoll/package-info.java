/** The epoll(7) loop of Linux. */
@NullMarked
package io.gatun.transport.epoll;

import org.jspecify.annotations.NullMarked;
