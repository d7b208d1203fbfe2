/** The kqueue(2) loop of macOS and the BSDs. */
@NullMarked
package io.gatun.transport.kqueue;

import org.jspecify.annotations.NullMarked;
