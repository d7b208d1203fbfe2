package io.gatun.can.gateway;

import io.gatun.address.Address;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** A table of the configuration, whose errors name the line and the key. */
final class Section {
  /** Makes something of a text, or says what is wrong with it. */
  interface Parser<T> {
    T parse(String text) throws Exception;
  }

  private final String file;
  private final String path;
  private final TomlTable table;
  private final @Nullable TomlPosition position;
  private final Set<String> used = new HashSet<>();

  Section(String file, String path, TomlTable table, @Nullable TomlPosition position) {
    this.file = file;
    this.path = path;
    this.table = table;
    this.position = position;
  }

  ConfigException error(String key, String problem) {
    TomlPosition at = table.inputPositionOf(List.of(key));
    if (at == null) {
      at = position;
    }
    String line = at == null ? "" : ":" + at.line();
    return new ConfigException(
        file + line + ": " + (path.isEmpty() ? "" : path + ".") + key + ": " + problem);
  }

  /** Complains of keys that nobody has asked for. */
  void end() throws ConfigException {
    for (String key : table.keySet()) {
      if (!used.contains(key)) {
        throw error(key, "there is no such key here; there are " + String.join(", ", sorted()));
      }
    }
  }

  private List<String> sorted() {
    return used.stream().sorted().toList();
  }

  private @Nullable Object get(String key) {
    used.add(key);
    return table.get(List.of(key));
  }

  boolean has(String key) {
    return get(key) != null;
  }

  @Nullable String text(String key) throws ConfigException {
    Object value = get(key);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw error(key, "must be a text in quotes");
  }

  String need(String key) throws ConfigException {
    String text = text(key);
    if (text == null) {
      throw error(key, "is missing");
    }
    return text;
  }

  <T> @Nullable T parse(String key, Parser<T> parser) throws ConfigException {
    String text = text(key);
    return text == null ? null : parsed(key, text, parser);
  }

  <T> T parseNeeded(String key, Parser<T> parser) throws ConfigException {
    return parsed(key, need(key), parser);
  }

  private <T> T parsed(String key, String text, Parser<T> parser) throws ConfigException {
    try {
      return parser.parse(text);
    } catch (ConfigException e) {
      throw e;
    } catch (Exception e) {
      throw error(key, "\"" + text + "\": " + (e.getMessage() == null ? e : e.getMessage()));
    }
  }

  boolean flag(String key, boolean otherwise) throws ConfigException {
    Object value = get(key);
    if (value == null || value instanceof Boolean) {
      return value == null ? otherwise : (Boolean) value;
    }
    throw error(key, "must be true or false");
  }

  int number(String key, int least, int most, int otherwise) throws ConfigException {
    Object value = get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Long number && number >= least && number <= most) {
      return Math.toIntExact(number);
    }
    throw error(key, "must be a number from " + least + " to " + most);
  }

  double decimal(String key, double otherwise) throws ConfigException {
    Object value = get(key);
    double number =
        switch (value) {
          case null -> otherwise;
          case Long whole -> (double) whole;
          case Double fraction -> fraction;
          default -> -1;
        };
    if (!(number >= 0) || Double.isInfinite(number)) {
      throw error(key, "must be a number, 0 or more");
    }
    return number;
  }

  /** {@code 50ms}, {@code 1.5s}, {@code 200us}, in nanoseconds; 0 where it is not there. */
  long nanos(String key) throws ConfigException {
    Long nanos =
        parse(
            key,
            text -> {
              TimeUnit unit =
                  text.endsWith("ms")
                      ? TimeUnit.MILLISECONDS
                      : text.endsWith("us") ? TimeUnit.MICROSECONDS : TimeUnit.SECONDS;
              int letters = unit == TimeUnit.SECONDS ? 1 : 2;
              if (!text.endsWith("s")) {
                throw new IllegalArgumentException("a time is as 50ms, 1.5s or 200us");
              }
              double number =
                  Double.parseDouble(text.substring(0, text.length() - letters).strip());
              long value = (long) (number * unit.toNanos(1));
              if (value <= 0) {
                throw new IllegalArgumentException("a time is more than nothing");
              }
              return value;
            });
    return nanos == null ? 0 : nanos;
  }

  <T extends Enum<T>> T choice(String key, Class<T> type, T otherwise) throws ConfigException {
    String text = text(key);
    if (text == null) {
      return otherwise;
    }
    List<String> names = new ArrayList<>();
    for (T constant : type.getEnumConstants()) {
      String name = constant.name().toLowerCase(Locale.ROOT);
      names.add(name);
      if (name.equals(text)) {
        return constant;
      }
    }
    throw error(key, "\"" + text + "\" is none of " + String.join(", ", names));
  }

  /** The texts of an array; none where it is not there. */
  <T> List<T> list(String key, Parser<T> parser) throws ConfigException {
    Object value = get(key);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof TomlArray array)) {
      throw error(key, "must be a list: [\"...\"]");
    }
    List<T> parsed = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      if (!(array.get(i) instanceof String text)) {
        throw error(key, "must be a list of texts in quotes");
      }
      parsed.add(parsed(key, text, parser));
    }
    return List.copyOf(parsed);
  }

  Address address(String key) throws ConfigException {
    return parseNeeded(key, Address::parse);
  }

  @Nullable Section table(String key) throws ConfigException {
    Object value = get(key);
    if (value == null) {
      return null;
    }
    if (!(value instanceof TomlTable inner)) {
      throw error(key, "must be a table");
    }
    return new Section(
        file, path.isEmpty() ? key : path + "." + key, inner, table.inputPositionOf(List.of(key)));
  }

  /** The tables of an array of tables. */
  List<Section> tables(String key) throws ConfigException {
    Object value = get(key);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof TomlArray array)) {
      throw error(key, "must be written [[" + key + "]]");
    }
    List<Section> sections = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      if (!(array.get(i) instanceof TomlTable inner)) {
        throw error(key, "must be written [[" + key + "]]");
      }
      sections.add(new Section(file, key, inner, array.inputPositionOf(i)));
    }
    return sections;
  }

  /** The tables in a table, by their names. */
  Set<String> names() {
    return table.keySet();
  }
}
