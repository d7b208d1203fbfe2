/**
 * The CAN gateway: buses, the endpoints that bring frames to them and take frames from them, and
 * routes between them. Everything is on one event loop, so that nothing is shared and frames keep
 * their order; a bus of 1 Mbit/s has at most 21,277 frames a second.
 */
@NullMarked
package io.gatun.can.gateway;

import org.jspecify.annotations.NullMarked;
