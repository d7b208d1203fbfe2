package io.gatun.channel;

import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import io.netty.util.concurrent.Promise;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A promise that is given with any number of writes, and is told of each what became of it: what a
 * promise of its own with a listener does for one write, without allocating anything. It keeps
 * nothing, so that it is never done, and there is nothing to wait for or to cancel.
 *
 * <p>The methods are called on the channel's loop.
 */
public abstract class SharedPromise implements Promise<Void> {
  /** For subclasses. */
  protected SharedPromise() {}

  /** One write has succeeded. */
  protected abstract void succeeded();

  /** One write has failed. */
  protected abstract void failed(Throwable cause);

  @Override
  public final Promise<Void> setSuccess(@Nullable Void result) {
    succeeded();
    return this;
  }

  @Override
  public final boolean trySuccess(@Nullable Void result) {
    succeeded();
    return true;
  }

  @Override
  public final Promise<Void> setFailure(Throwable cause) {
    failed(cause);
    return this;
  }

  @Override
  public final boolean tryFailure(Throwable cause) {
    failed(cause);
    return true;
  }

  /** A channel calls it when one write was flushed, and may be on its way. */
  @Override
  public boolean setUncancellable() {
    return true;
  }

  @Override
  public final boolean isSuccess() {
    return false;
  }

  @Override
  public final boolean isCancellable() {
    return false;
  }

  @Override
  public final boolean isCancelled() {
    return false;
  }

  @Override
  public final boolean isDone() {
    return false;
  }

  @Override
  public final boolean cancel(boolean mayInterruptIfRunning) {
    return false;
  }

  @Override
  public final @Nullable Throwable cause() {
    return null;
  }

  @Override
  public final @Nullable Void getNow() {
    return null;
  }

  // There is no end to hear of or to wait for

  private static UnsupportedOperationException neverDone() {
    return new UnsupportedOperationException("it is shared by many writes, and never done");
  }

  @Override
  public final Promise<Void> addListener(
      GenericFutureListener<? extends Future<? super Void>> listener) {
    throw neverDone();
  }

  @Override
  @SafeVarargs
  public final Promise<Void> addListeners(
      GenericFutureListener<? extends Future<? super Void>>... listeners) {
    throw neverDone();
  }

  @Override
  public final Promise<Void> removeListener(
      GenericFutureListener<? extends Future<? super Void>> listener) {
    return this;
  }

  @Override
  @SafeVarargs
  public final Promise<Void> removeListeners(
      GenericFutureListener<? extends Future<? super Void>>... listeners) {
    return this;
  }

  @Override
  public final Promise<Void> sync() {
    throw neverDone();
  }

  @Override
  public final Promise<Void> syncUninterruptibly() {
    throw neverDone();
  }

  @Override
  public final Promise<Void> await() {
    throw neverDone();
  }

  @Override
  public final Promise<Void> awaitUninterruptibly() {
    throw neverDone();
  }

  @Override
  public final boolean await(long timeout, TimeUnit unit) {
    throw neverDone();
  }

  @Override
  public final boolean await(long timeoutMillis) {
    throw neverDone();
  }

  @Override
  public final boolean awaitUninterruptibly(long timeout, TimeUnit unit) {
    throw neverDone();
  }

  @Override
  public final boolean awaitUninterruptibly(long timeoutMillis) {
    throw neverDone();
  }

  @Override
  public final Void get() {
    throw neverDone();
  }

  @Override
  public final Void get(long timeout, TimeUnit unit) {
    throw neverDone();
  }
}
