package io.gatun.channel;

import io.gatun.address.Address;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Promise;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A handler whose methods run on an executor, one at a time and in the order in which the loop
 * called them. All that passes takes this way, also what the handler has no method for: nothing can
 * overtake. So does the request to read, which is why the loop reads no more while the executor is
 * behind.
 *
 * <p>Where the executor refuses a task, what carries a message fails and the rest runs at once: the
 * handler hears of its end in any case.
 */
final class Offloaded implements ChannelHandler {
  final ChannelHandler handler;
  private final SerialExecutor executor;

  Offloaded(Executor executor, ChannelHandler handler) {
    if (handler instanceof Offloaded) {
      throw new IllegalArgumentException("the handler has an executor already");
    }
    this.handler = handler;
    this.executor = new SerialExecutor(executor);
  }

  /** A call of the handler. */
  private interface Call {
    void run() throws Exception;
  }

  /** Calls the handler later; at once when the executor refuses. */
  private void later(Call call, Consumer<Throwable> failed) {
    executor.execute(
        new SerialExecutor.Task() {
          @Override
          public void run() {
            try {
              call.run();
            } catch (Throwable t) {
              failed.accept(t);
            }
          }

          @Override
          public void reject(RejectedExecutionException cause) {
            run();
          }
        });
  }

  /** Calls the handler later with a message, which is released when the executor refuses. */
  private void later(Object message, Call call, Consumer<Throwable> failed) {
    executor.execute(
        new SerialExecutor.Task() {
          @Override
          public void run() {
            try {
              call.run();
            } catch (Throwable t) {
              failed.accept(t);
            }
          }

          @Override
          public void reject(RejectedExecutionException cause) {
            if (message instanceof Channel child) {
              child.close();
            } else {
              ReferenceCountUtil.release(message);
            }
            failed.accept(cause);
          }
        });
  }

  /** Runs something once the handler was told all so far. */
  void afterAll(Runnable task) {
    later(task::run, t -> {});
  }

  /** The exception goes to the handler at once: it is on its thread. */
  private void caught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.threw(cause);
    try {
      handler.exceptionCaught(ctx, cause);
    } catch (Throwable t) {
      ctx.failedToCatch(cause, t);
    }
  }

  private void failed(ChannelHandlerContext ctx, @Nullable Promise<Void> promise, Throwable cause) {
    if (promise == null || !promise.tryFailure(cause)) {
      caught(ctx, cause);
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    later(() -> handler.handlerAdded(ctx), t -> ctx.failedToAdd(t));
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    later(
        () -> {
          try {
            handler.handlerRemoved(ctx);
          } finally {
            ctx.endedElsewhere();
          }
        },
        ctx::fireExceptionCaught);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    later(() -> handler.channelActive(ctx), t -> caught(ctx, t));
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    later(() -> handler.channelInactive(ctx), t -> caught(ctx, t));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    later(message, () -> handler.channelRead(ctx, message), t -> caught(ctx, t));
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    later(() -> handler.channelReadComplete(ctx), t -> caught(ctx, t));
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    later(() -> handler.channelWritabilityChanged(ctx), t -> caught(ctx, t));
  }

  @Override
  public void userEvent(ChannelHandlerContext ctx, Object event) {
    later(event, () -> handler.userEvent(ctx, event), t -> caught(ctx, t));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    later(() -> handler.exceptionCaught(ctx, cause), t -> ctx.failedToCatch(cause, t));
  }

  @Override
  public void bind(ChannelHandlerContext ctx, Address local, Promise<Void> promise) {
    later(() -> handler.bind(ctx, local, promise), t -> failed(ctx, promise, t));
  }

  @Override
  public void connect(
      ChannelHandlerContext ctx, Address remote, @Nullable Address local, Promise<Void> promise) {
    later(() -> handler.connect(ctx, remote, local, promise), t -> failed(ctx, promise, t));
  }

  @Override
  public void read(ChannelHandlerContext ctx) {
    later(() -> handler.read(ctx), t -> caught(ctx, t));
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, @Nullable Promise<Void> promise) {
    int size = ctx.countPending(message);
    later(
        message,
        () -> {
          handler.write(ctx, message, promise);
          ctx.uncountPending(size);
        },
        t -> {
          ctx.uncountPending(size);
          failed(ctx, promise, t);
        });
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    later(() -> handler.flush(ctx), t -> caught(ctx, t));
  }

  @Override
  public void shutdownOutput(ChannelHandlerContext ctx, @Nullable Promise<Void> promise) {
    later(() -> handler.shutdownOutput(ctx, promise), t -> failed(ctx, promise, t));
  }

  @Override
  public void close(ChannelHandlerContext ctx, @Nullable Promise<Void> promise) {
    later(() -> handler.close(ctx, promise), t -> failed(ctx, promise, t));
  }
}
