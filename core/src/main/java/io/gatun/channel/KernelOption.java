package io.gatun.channel;

import io.gatun.os.Kernel;

/** How getsockopt(2) and setsockopt(2) carry the value of a {@link ChannelOption}. */
sealed interface KernelOption<T> {
  /** Reads the raw value, which is not negative; or returns a negative errno. */
  int get(Kernel kernel, int fd);

  /** Makes a value of a raw one. */
  T decode(int raw);

  /** Returns a negative errno when it failed. */
  int set(Kernel kernel, int fd, T value);

  /** An int. */
  record Int(int level, int number) implements KernelOption<Integer> {
    @Override
    public int get(Kernel kernel, int fd) {
      return kernel.getsockopt(fd, level, number);
    }

    @Override
    public Integer decode(int raw) {
      return raw;
    }

    @Override
    public int set(Kernel kernel, int fd, Integer value) {
      return kernel.setsockopt(fd, level, number, value);
    }
  }

  /** An int that is off when 0. */
  record Bool(int level, int number) implements KernelOption<Boolean> {
    @Override
    public int get(Kernel kernel, int fd) {
      return kernel.getsockopt(fd, level, number);
    }

    @Override
    public Boolean decode(int raw) {
      return raw != 0;
    }

    @Override
    public int set(Kernel kernel, int fd, Boolean value) {
      return kernel.setsockopt(fd, level, number, value ? 1 : 0);
    }
  }

  /** SO_LINGER: seconds, −1 when off. */
  record Linger() implements KernelOption<Integer> {
    @Override
    public int get(Kernel kernel, int fd) {
      return kernel.getLinger(fd);
    }

    @Override
    public Integer decode(int raw) {
      return raw - 1;
    }

    @Override
    public int set(Kernel kernel, int fd, Integer value) {
      return kernel.setLinger(fd, value);
    }
  }
}
