package io.gatun.can.gateway;

import io.gatun.codec.can.CanFrame;
import io.gatun.codec.can.CanFrameCodec;
import io.gatun.codec.can.CanFrameView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A frame on its way through the gateway, as the kernel has it and as a record: who brings it has
 * one of the two, and the other is made once, when somebody asks for it. So what goes from one
 * interface to another costs no garbage.
 *
 * <p>Whoever brings frames has one of these for all of them. It is valid until {@link Bus#publish}
 * returns; a {@link #record} may be kept.
 */
final class BusFrame {
  private @Nullable CanFrameView view;
  private @Nullable CanFrame record;

  /** Where the bytes of a record are made. */
  private @Nullable ByteBuf bytes;

  private final CanFrameView ofBytes = new CanFrameView();

  BusFrame of(CanFrameView view) {
    this.view = view;
    record = null;
    return this;
  }

  BusFrame of(CanFrame record) {
    this.record = record;
    view = null;
    return this;
  }

  CanFrame record() {
    CanFrame record = this.record;
    if (record == null) {
      record = view().toFrame();
      this.record = record;
    }
    return record;
  }

  CanFrameView view() {
    CanFrameView view = this.view;
    if (view == null) {
      if (record == null) {
        throw new IllegalStateException("no frame");
      }
      ByteBuf bytes = this.bytes;
      if (bytes == null) {
        bytes = Unpooled.buffer(CanFrameCodec.CLASSIC_SIZE, CanFrameCodec.MAX_SIZE);
        this.bytes = bytes;
      }
      CanFrameCodec.encode(record, bytes.clear());
      view = ofBytes.wrap(bytes, 0, bytes.writerIndex());
      this.view = view;
    }
    return view;
  }

  int rawId() {
    CanFrame record = this.record;
    return (view == null && record != null) ? Frames.rawId(record) : view().rawId();
  }

  /** The bytes of its payload. */
  int length() {
    CanFrame record = this.record;
    return (view == null && record != null) ? record.data().length() : view().length();
  }

  boolean isError() {
    CanFrame record = this.record;
    return (view == null && record != null)
        ? record instanceof CanFrame.ErrorFrame
        : view().kind() == CanFrameView.Kind.ERROR;
  }
}
