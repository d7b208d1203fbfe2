package io.gatun.socket;

import io.gatun.address.Address;

/**
 * What recvfrom(2) told of a message that it put into the caller's buffer.
 *
 * @param length the number of bytes; with MSG_TRUNC asked for, that of the whole message
 * @param address the sender's address; {@link io.gatun.address.RawAddress#NONE} if there is none
 */
public record Received(int length, Address address) {}
