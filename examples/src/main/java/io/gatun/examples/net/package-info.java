/** Servers to copy from: HTTP, files, chat, proxy. */
@NullMarked
package io.gatun.examples.net;

import org.jspecify.annotations.NullMarked;
