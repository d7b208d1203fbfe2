/**
 * CAN on channels: handlers that make frames of messages and back, a queue for what is sent, what
 * happens when an interface goes and comes back, and a bus that needs no kernel.
 */
@NullMarked
package io.gatun.codec.can.channel;

import org.jspecify.annotations.NullMarked;
