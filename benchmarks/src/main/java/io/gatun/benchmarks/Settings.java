package io.gatun.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/** What may be given on the command line as {@code name=value}, with its defaults. */
final class Settings {
  private static final Set<String> LISTS = Set.of("contenders", "loads");

  /** What matches numbers from 1 on that are of use to anybody. */
  static final String NUMBER = "[1-9][0-9]{0,7}";

  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, String> standards = new LinkedHashMap<>();

  /** Names and their defaults, in turns. */
  static Settings of(String... namesAndValues) {
    Settings settings = new Settings();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      settings.values.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    settings.standards.putAll(settings.values);
    return settings;
  }

  /** Those of most comparisons. */
  static Settings of(String contenders, String loads, int rounds, int millis) {
    return of(
        "contenders", contenders, "loads", loads, "rounds", "" + rounds, "millis", "" + millis);
  }

  /** Takes {@code name=value}. What is a number by default must be one, and 0 only if it is 0. */
  void set(String argument) {
    String[] parts = argument.split("=", 2);
    if (parts.length != 2 || !values.containsKey(parts[0])) {
      throw new IllegalArgumentException(
          argument
              + " is no setting=value; the settings are "
              + String.join(", ", values.keySet()));
    }
    String standard = standards.getOrDefault(parts[0], "");
    boolean isNumber = standard.matches("[0-9]+") && !LISTS.contains(parts[0]);
    if (isNumber && !parts[1].matches(NUMBER) && !parts[1].equals(standard)) {
      throw new IllegalArgumentException(argument + " is no number from 1 on");
    }
    values.put(parts[0], parts[1]);
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

  /** Returns the list that it is by default. */
  List<String> standard(String name) {
    return List.of(standards.getOrDefault(name, "").split(",", -1));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    values.forEach((name, value) -> text.append(' ').append(name).append('=').append(value));
    return text.toString().strip();
  }
}
