package io.gatun.examples.demo;

import io.gatun.transport.Transport;

/**
 * What a demo is to do.
 *
 * @param connections of all kinds of clients together
 * @param messageSize in bytes
 * @param inFlight messages of a connection that are under way at once
 * @param seconds how long the clients begin new messages
 * @param transport of the server and of the channel clients
 * @param unix whether the server listens on a Unix socket
 * @param seed of all connections' bytes
 */
record Settings(
    int connections,
    int messageSize,
    int inFlight,
    double seconds,
    Transport transport,
    boolean unix,
    long seed) {}
