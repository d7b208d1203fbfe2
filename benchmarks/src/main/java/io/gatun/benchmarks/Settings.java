package io.gatun.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/** What may be given on the command line as {@code name=value}, with its defaults. */
final class Settings {
  private final Map<String, String> values = new LinkedHashMap<>();

  /** Names and their defaults, in turns. */
  static Settings of(String... namesAndValues) {
    Settings settings = new Settings();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      settings.values.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return settings;
  }

  /** Those of most comparisons. */
  static Settings of(String contenders, String loads, int rounds, int millis) {
    return of(
        "contenders", contenders, "loads", loads, "rounds", "" + rounds, "millis", "" + millis);
  }

  /** Takes {@code name=value}. */
  void set(String argument) {
    String[] parts = argument.split("=", 2);
    if (parts.length != 2 || values.replace(parts[0], parts[1]) == null) {
      throw new IllegalArgumentException(
          argument + " is no setting=value; the settings are " + values.keySet());
    }
  }

  /** Makes everything short: figures to see that it runs, not to be believed. */
  void hurry() {
    values.replace("rounds", "1");
    values.replace("millis", "100");
  }

  String get(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new NoSuchElementException(name);
    }
    return value;
  }

  int number(String name) {
    return Integer.parseInt(get(name));
  }

  List<String> list(String name) {
    return List.of(get(name).split(",", -1));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    values.forEach((name, value) -> text.append(' ').append(name).append('=').append(value));
    return text.toString().strip();
  }
}
