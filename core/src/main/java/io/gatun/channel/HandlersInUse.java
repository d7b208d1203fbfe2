package io.gatun.channel;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The handlers that are in a pipeline and may not be in a second one. A handler is an interface, so
 * that the note cannot be a field of its own; sets of flat arrays cost a few words a handler and no
 * object. Any thread.
 */
final class HandlersInUse {
  /** Loops add handlers at the same time; each part has a lock of its own. */
  private static final int BITS = 6;

  private static final HandlersInUse[] PARTS = new HandlersInUse[1 << BITS];

  static {
    for (int i = 0; i < PARTS.length; i++) {
      PARTS[i] = new HandlersInUse();
    }
  }

  private final Set<ChannelHandler> handlers = Collections.newSetFromMap(new IdentityHashMap<>());

  private HandlersInUse() {}

  /** Fibonacci hashing: what is left within a part is still spread over its set. */
  private static HandlersInUse part(ChannelHandler handler) {
    return PARTS[(System.identityHashCode(handler) * 0x9E3779B9) >>> (Integer.SIZE - BITS)];
  }

  /** Notes a handler. Returns false when it is in a pipeline already. */
  static boolean add(ChannelHandler handler) {
    HandlersInUse part = part(handler);
    synchronized (part) {
      return part.handlers.add(handler);
    }
  }

  /** The handler has left its pipeline. */
  static void remove(ChannelHandler handler) {
    HandlersInUse part = part(handler);
    synchronized (part) {
      part.handlers.remove(handler);
    }
  }
}
