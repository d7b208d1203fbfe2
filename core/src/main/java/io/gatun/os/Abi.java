package io.gatun.os;

import java.util.AbstractMap;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one operating system on one architecture means by its names: constants, errno numbers,
 * struct layouts and the functions that Gatun calls. A difference between systems is a different
 * number here, not a branch in the code; a name that a system lacks is absent, and {@link #has} is
 * how code asks.
 *
 * <p>Every record can be loaded on every machine, so that each can be checked against the headers
 * of the system that it describes.
 *
 * @param constants the integer constants by their C name
 * @param errnos the error numbers by their C name
 * @param structs the layouts by their C name, without the keyword before it
 * @param prototypes the functions that the engine calls, by their C name; {@link Native} links them
 *     by these. One that stands not here is absent. Windows's are not kept here.
 * @param symbols what the library calls those of the functions that it does not call by their C
 *     name; {@link #symbol} is how code asks
 */
public record Abi(
    Os os,
    Arch arch,
    Map<String, Integer> constants,
    Map<String, Integer> errnos,
    Map<String, Struct> structs,
    Map<String, String> prototypes,
    Map<String, String> symbols) {

  /**
   * The record of the machine this runs on. A test runs the ways of other systems here: by the
   * property {@code gatun.test.without}, constants and functions with commas between, which are
   * taken for absent; and by {@code gatun.test.with}, pairs such as {@code SO_NOSIGPIPE=12} with
   * the number of something that does no harm.
   */
  public static final Abi HOST =
      of(Os.host(), Arch.host())
          .changed(
              System.getProperty("gatun.test.without", ""),
              System.getProperty("gatun.test.with", ""));

  /** Returns the record of a system. */
  public static Abi of(Os os, Arch arch) {
    return switch (os) {
      case LINUX -> LinuxAbi.of(arch);
      case MACOS -> MacAbi.of(arch);
      case FREEBSD -> FreeBsdAbi.of(arch);
      case NETBSD -> NetBsdAbi.of(arch);
      case OPENBSD -> OpenBsdAbi.of(arch);
      case WINDOWS -> WindowsAbi.of(arch);
    };
  }

  private Abi changed(String without, String with) {
    if (without.isEmpty() && with.isEmpty()) {
      return this; // and what of the tables has not been read yet stays so
    }
    Set<String> names = Set.copyOf(Arrays.asList(without.split(",", -1)));
    LinkedHashMap<String, Integer> rest = new LinkedHashMap<>(constants);
    rest.keySet().removeAll(names);
    if (!with.isEmpty()) {
      for (String pair : with.split(",", -1)) {
        int equals = pair.indexOf('=');
        rest.put(pair.substring(0, equals), Integer.valueOf(pair.substring(equals + 1)));
      }
    }
    LinkedHashMap<String, String> functions = new LinkedHashMap<>(prototypes);
    functions.keySet().removeAll(names);
    return new Abi(os, arch, rest, errnos, structs, functions, symbols);
  }

  /** Returns whether this system has a constant of this name. */
  public boolean has(String constant) {
    return constants.containsKey(constant);
  }

  /**
   * Returns a constant by its C name.
   *
   * @throws IllegalArgumentException if this system has none of that name
   */
  public int value(String constant) {
    return lookUp(constants, constant, "constant");
  }

  /** Returns a constant by its C name, or {@code otherwise} where this system lacks it. */
  public int valueOr(String constant, int otherwise) {
    Integer found = constants.get(constant);
    return found == null ? otherwise : found;
  }

  /** Returns an error number by its C name. */
  public int errno(String name) {
    return lookUp(errnos, name, "errno");
  }

  /** Returns a layout by its C name without the word {@code struct}. */
  public Struct struct(String name) {
    return lookUp(structs, name, "struct");
  }

  /**
   * Returns the symbol under which the C library has a function. Where a system changed a function
   * and kept the old one for the programs of the time, its headers rename what is new.
   */
  public String symbol(String function) {
    return symbols.getOrDefault(function, function);
  }

  private <T> T lookUp(Map<String, T> in, String name, String what) {
    T found = in.get(name);
    if (found == null) {
      throw new IllegalArgumentException(os + " has no " + what + " " + name);
    }
    return found;
  }

  /** Collects the entries of a record; a name given twice is a mistake in the table. */
  static final class Builder {
    private final LinkedHashMap<String, Integer> constants = new LinkedHashMap<>();
    private final LinkedHashMap<String, Integer> errnos = new LinkedHashMap<>();
    private final LinkedHashMap<String, Struct> structs = new LinkedHashMap<>();
    private final LinkedHashMap<String, String> prototypes = new LinkedHashMap<>();
    private final LinkedHashMap<String, String> symbols = new LinkedHashMap<>();
    private Set<String> lacking = Set.of();
    private @Nullable Consumer<Builder> rest;

    /** Adds a table of lines, each a name and a number. */
    Builder constants(String table) {
      return putAll(constants, table);
    }

    /** Adds a table of lines, each a name and a number. */
    Builder errnos(String table) {
      return putAll(errnos, table);
    }

    Builder struct(Struct struct) {
      return putNew(structs, struct.name().substring(struct.name().indexOf(' ') + 1), struct);
    }

    private Builder putAll(Map<String, Integer> into, String table) {
      table
          .lines()
          .forEach(line -> {
            int space = line.indexOf(' ');
            // decode reads hexadecimal too, and as a long it takes numbers above 2^31.
            int value = Long.decode(line.substring(space + 1)).intValue();
            putNew(into, line.substring(0, space), value);
          });
      return this;
    }

    private <T> Builder putNew(Map<String, T> into, String name, T value) {
      if (into.put(name, value) != null) {
        throw new IllegalArgumentException(name + " stands twice in the table");
      }
      return this;
    }

    /** Names that the engine asks for and the system lacks: to know that, the rest is not read. */
    Builder lacks(String... names) {
      lacking = Set.of(names);
      return this;
    }

    /** Gives what is to be added when somebody first asks for a name that is not there yet. */
    Builder rest(Consumer<Builder> adder) {
      rest = adder;
      return this;
    }

    /** Adds a table of lines, each a declaration without the semicolon. */
    Builder prototypes(String table) {
      table.lines().forEach(line -> putNew(prototypes, Prototype.name(line), line));
      return this;
    }

    /** Adds a table of lines, each a function and its symbol. */
    Builder symbols(String table) {
      table
          .lines()
          .forEach(line -> {
            int space = line.indexOf(' ');
            putNew(symbols, line.substring(0, space), line.substring(space + 1));
          });
      return this;
    }

    Abi build(Os os, Arch arch) {
      Consumer<Builder> adder = rest;
      if (adder == null) {
        return new Abi(os, arch, constants, errnos, structs, prototypes, symbols);
      }
      Rest more = new Rest(adder);
      return new Abi(
          os,
          arch,
          new Table<>(constants, lacking, more, builder -> builder.constants),
          errnos,
          new Table<>(structs, Set.of(), more, builder -> builder.structs),
          prototypes,
          symbols);
    }
  }

  /** The part of a record that most programs never ask for, read at most once. */
  private static final class Rest {
    private final Consumer<Builder> adder;
    private @Nullable Builder read;

    Rest(Consumer<Builder> adder) {
      this.adder = adder;
    }

    synchronized Builder read() {
      Builder builder = read;
      if (builder == null) {
        builder = new Builder();
        adder.accept(builder);
        read = builder;
      }
      return builder;
    }
  }

  /** A table that is whole at the first look for something that is not in its first part. */
  private static final class Table<T> extends AbstractMap<String, T> {
    private final Map<String, T> first;
    private final Set<String> lacking;
    private final Rest rest;
    private final Function<Builder, Map<String, T>> part;
    private volatile @Nullable Map<String, T> whole;

    Table(
        Map<String, T> first,
        Set<String> lacking,
        Rest rest,
        Function<Builder, Map<String, T>> part) {
      this.first = first;
      this.lacking = lacking;
      this.rest = rest;
      this.part = part;
    }

    private Map<String, T> whole() {
      Map<String, T> all = whole;
      if (all == null) {
        all = new LinkedHashMap<>(first);
        for (Map.Entry<String, T> entry : part.apply(rest.read()).entrySet()) {
          if (all.put(entry.getKey(), entry.getValue()) != null) {
            throw new IllegalArgumentException(entry.getKey() + " stands twice in the tables");
          }
        }
        whole = all;
      }
      return all;
    }

    @Override
    public @Nullable T get(@Nullable Object name) {
      T found = first.get(name);
      if (found != null || (name != null && lacking.contains(name))) {
        return found;
      }
      return whole().get(name);
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
      return get(name) != null;
    }

    @Override
    public Set<Entry<String, T>> entrySet() {
      return whole().entrySet();
    }
  }
}
