package io.gatun.channel;

import io.gatun.address.Address;
import io.netty.util.concurrent.Promise;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;

/**
 * Which methods of {@link ChannelHandler} a class overrides, one bit each. An event goes straight
 * to the next handler that has its bit, so a long pipeline costs only what its handlers do. One
 * more bit says whether instances of the class may be shared.
 */
final class HandlerMask {
  static final int ACTIVE = 1;
  static final int INACTIVE = 1 << 1;
  static final int CHANNEL_READ = 1 << 2;
  static final int READ_COMPLETE = 1 << 3;
  static final int WRITABILITY_CHANGED = 1 << 4;
  static final int USER_EVENT = 1 << 5;
  static final int EXCEPTION_CAUGHT = 1 << 6;
  static final int BIND = 1 << 7;
  static final int CONNECT = 1 << 8;
  static final int READ = 1 << 9;
  static final int WRITE = 1 << 10;
  static final int FLUSH = 1 << 11;
  static final int SHUTDOWN_OUTPUT = 1 << 12;
  static final int CLOSE = 1 << 13;

  /** Not a method: one instance may be in many pipelines. */
  static final int SHARABLE = 1 << 14;

  /** All methods. */
  static final int ALL = SHARABLE - 1;

  private static final ClassValue<Integer> MASKS =
      new ClassValue<>() {
        @Override
        protected Integer computeValue(Class<?> type) {
          return compute(type);
        }
      };

  private HandlerMask() {}

  static int of(ChannelHandler handler) {
    return MASKS.get(handler.getClass());
  }

  private static int compute(Class<?> type) {
    Class<?> ctx = ChannelHandlerContext.class;
    return bit(type, ACTIVE, "channelActive", ctx)
        | bit(type, INACTIVE, "channelInactive", ctx)
        | bit(type, CHANNEL_READ, "channelRead", ctx, Object.class)
        | bit(type, READ_COMPLETE, "channelReadComplete", ctx)
        | bit(type, WRITABILITY_CHANGED, "channelWritabilityChanged", ctx)
        | bit(type, USER_EVENT, "userEvent", ctx, Object.class)
        | bit(type, EXCEPTION_CAUGHT, "exceptionCaught", ctx, Throwable.class)
        | bit(type, BIND, "bind", ctx, Address.class, Promise.class)
        | bit(type, CONNECT, "connect", ctx, Address.class, Address.class, Promise.class)
        | bit(type, READ, "read", ctx)
        | bit(type, WRITE, "write", ctx, Object.class, Promise.class)
        | bit(type, FLUSH, "flush", ctx)
        | bit(type, SHUTDOWN_OUTPUT, "shutdownOutput", ctx, Promise.class)
        | bit(type, CLOSE, "close", ctx, Promise.class)
        | (isSharable(type) ? SHARABLE : 0);
  }

  private static boolean isSharable(Class<?> type) {
    if (type.isAnnotationPresent(Sharable.class)) {
      return true;
    }
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      for (Field field : c.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())) {
          return false;
        }
      }
    }
    return true;
  }

  private static int bit(Class<?> type, int bit, String method, Class<?>... parameters) {
    try {
      return type.getMethod(method, parameters).getDeclaringClass() == ChannelHandler.class
          ? 0
          : bit;
    } catch (NoSuchMethodException e) {
      throw new AssertionError(e); // the interface itself has it
    }
  }
}
