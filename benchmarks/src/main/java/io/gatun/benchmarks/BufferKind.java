package io.gatun.benchmarks;

import io.gatun.socket.Socket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Each kind of buffer that a socket takes. */
public enum BufferKind {
  /** byte[]. */
  ARRAY {
    @Override
    public Mover mover(int size) {
      byte[] array = new byte[size];
      return new Mover() {
        @Override
        public void send(Socket socket) throws IOException {
          socket.sendAll(array);
        }

        @Override
        public void receive(Socket socket) throws IOException {
          for (int at = 0; at < size; ) {
            at += some(socket.recvInto(array, at, size - at));
          }
        }
      };
    }
  },

  /** A ByteBuffer of an array. */
  HEAP_BUFFER {
    @Override
    public Mover mover(int size) {
      return of(ByteBuffer.allocate(size));
    }
  },

  /** A direct ByteBuffer. */
  DIRECT_BUFFER {
    @Override
    public Mover mover(int size) {
      return of(ByteBuffer.allocateDirect(size));
    }
  },

  /** A MemorySegment of an array. */
  HEAP_SEGMENT {
    @Override
    public Mover mover(int size) {
      return of(MemorySegment.ofArray(new byte[size]));
    }
  },

  /** A native MemorySegment. */
  NATIVE_SEGMENT {
    @Override
    public Mover mover(int size) {
      return of(Arena.ofAuto().allocate(size));
    }
  },

  /** A pooled direct ByteBuf. */
  DIRECT_BYTEBUF {
    @Override
    public Mover mover(int size) {
      return of(PooledByteBufAllocator.DEFAULT.directBuffer(size, size));
    }
  },

  /** A pooled ByteBuf of an array. */
  HEAP_BYTEBUF {
    @Override
    public Mover mover(int size) {
      return of(PooledByteBufAllocator.DEFAULT.heapBuffer(size, size));
    }
  };

  /** Sends or receives one buffer in full. */
  public interface Mover extends AutoCloseable {
    /** Sends the buffer. */
    void send(Socket socket) throws IOException;

    /** Receives until the buffer is full. */
    void receive(Socket socket) throws IOException;

    /** Gives the buffer back. */
    @Override
    default void close() {}
  }

  /** Makes a buffer. */
  public abstract Mover mover(int size);

  private static int some(int count) throws EOFException {
    if (count == 0) {
      throw new EOFException();
    }
    return count;
  }

  private static Mover of(ByteBuffer buffer) {
    return new Mover() {
      @Override
      public void send(Socket socket) throws IOException {
        socket.sendAll(buffer.clear());
      }

      @Override
      public void receive(Socket socket) throws IOException {
        buffer.clear();
        while (buffer.hasRemaining()) {
          some(socket.recvInto(buffer));
        }
      }
    };
  }

  private static Mover of(MemorySegment segment) {
    return new Mover() {
      @Override
      public void send(Socket socket) throws IOException {
        socket.sendAll(segment);
      }

      @Override
      public void receive(Socket socket) throws IOException {
        long at = some(socket.recvInto(segment));
        while (at < segment.byteSize()) {
          at += some(socket.recvInto(segment.asSlice(at)));
        }
      }
    };
  }

  private static Mover of(ByteBuf buffer) {
    return new Mover() {
      @Override
      public void send(Socket socket) throws IOException {
        socket.sendAll(buffer.setIndex(0, buffer.capacity()));
      }

      @Override
      public void receive(Socket socket) throws IOException {
        buffer.clear();
        while (buffer.isWritable()) {
          some(socket.recvInto(buffer));
        }
      }

      @Override
      public void close() {
        buffer.release();
      }
    };
  }
}
