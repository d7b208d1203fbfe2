/** What one does on a CAN bus at a prompt: look, send, generate, replay, measure. */
@NullMarked
package io.gatun.examples.can;

import org.jspecify.annotations.NullMarked;
