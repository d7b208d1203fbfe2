/** What travels beside the bytes of a message, for channels and blocking sockets alike. */
@NullMarked
package io.gatun.message;

import org.jspecify.annotations.NullMarked;
