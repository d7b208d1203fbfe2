package io.gatun.codec.can.dbc;

import io.gatun.codec.can.CanId;
import io.gatun.codec.can.dbc.DbcAttributeDefinition.Scope;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The statements of a DBC, which speak of one another by short names and identifiers, become
 * records.
 */
final class DbcBuilder {
  /** What a statement speaks of; the identifier and the name where the scope has them. */
  record Key(Scope scope, long id, String name) {
    static final Key DATABASE = new Key(Scope.DATABASE, 0, "");
  }

  /** An attribute's value as it stands there. */
  record Value(int line, String text, boolean isNumber) {}

  record SignalType(int line, int type) {}

  record Texts(int line, Map<Long, String> texts) {}

  record Multiplexed(String multiplexer, List<DbcSignal.Range> ids) {}

  static final class Message {
    final int line;
    final long id;
    final String name;
    int length;
    String sender = "";
    final List<Signal> signals = new ArrayList<>();

    Message(int line, long id, String name) {
      this.line = line;
      this.id = id;
      this.name = name;
    }
  }

  static final class Signal {
    final int line;
    final String name;
    @Nullable String marker;
    BitField bits = new BitField(0, 1, false);
    boolean isSigned;
    double scale;
    double offset;
    @Nullable Double minimum;
    @Nullable Double maximum;
    String unit = "";
    final List<String> receivers = new ArrayList<>();

    Signal(int line, String name) {
      this.line = line;
      this.name = name;
    }

    boolean isMultiplexer() {
      return marker != null && marker.endsWith("M");
    }
  }

  /** The name for nobody. */
  private static final String NOBODY = "Vector__XXX";

  /** Holds the signals that belong to no message. */
  private static final String NO_MESSAGE = "VECTOR__INDEPENDENT_SIG_MSG";

  /** Each level is a call of a method that asks whether a signal is there. */
  private static final int DEEPEST = 32;

  private static final long EXTENDED = 1L << 31;

  /** What VFrameFormat's numbers mean where the file defines it as one. */
  private static final Map<Long, String> FRAME_FORMATS =
      Map.of(3L, "J1939PG", 14L, "StandardCAN_FD", 15L, "ExtendedCAN_FD");

  String version = "";
  List<String> nodes = List.of();
  final List<Message> messages = new ArrayList<>();
  final Map<Long, List<String>> senders = new LinkedHashMap<>();
  final Map<Long, List<DbcMessage.Group>> groups = new LinkedHashMap<>();
  final Map<Long, Map<String, Multiplexed>> multiplexing = new LinkedHashMap<>();
  final Map<Key, SignalType> signalTypes = new LinkedHashMap<>();
  final Map<Key, Texts> values = new LinkedHashMap<>();
  final Map<Key, String> comments = new LinkedHashMap<>();
  final Map<Key, Map<String, Value>> attributes = new LinkedHashMap<>();
  final Map<String, DbcAttributeDefinition> definitions = new LinkedHashMap<>();
  final Map<String, Value> defaults = new LinkedHashMap<>();
  final Map<String, Map<Long, String>> valueTables = new LinkedHashMap<>();
  final Map<String, DbcEnvironmentVariable> variables = new LinkedHashMap<>();
  final Map<String, Integer> variableSizes = new LinkedHashMap<>();

  /** Signals of which something was said that they took. */
  private final Set<Key> found = new HashSet<>();

  private boolean strict;

  DbcDatabase build(boolean strict) {
    this.strict = strict;
    definitions.replaceAll((_, definition) -> withDefault(definition));
    List<DbcMessage> built = new ArrayList<>();
    for (Message message : messages) {
      if (!message.name.equals(NO_MESSAGE)) {
        built.add(message(message));
      }
    }
    List<DbcNode> builtNodes = new ArrayList<>();
    for (String node : nodes) {
      Key key = new Key(Scope.NODE, 0, node);
      builtNodes.add(new DbcNode(nodeName(node), comment(key), attributes(key)));
    }
    List<DbcEnvironmentVariable> builtVariables = new ArrayList<>();
    variables.values().forEach(variable -> builtVariables.add(variable(variable)));
    if (strict) {
      values.forEach((key, texts) -> checkFound(key, texts.line(), "VAL_"));
      signalTypes.forEach((key, type) -> checkFound(key, type.line(), "SIG_VALTYPE_"));
    }
    return new DbcDatabase(
        version,
        builtNodes,
        built,
        valueTables,
        builtVariables,
        definitions,
        comment(Key.DATABASE),
        attributes(Key.DATABASE));
  }

  private void checkFound(Key key, int line, String keyword) {
    if (!found.contains(key)) {
      throw new DbcException(
          line, "%s of signal %s, which message %d lacks".formatted(keyword, key.name, key.id));
    }
  }

  private String comment(Key key) {
    return comments.getOrDefault(key, "");
  }

  // ---- Attributes

  private DbcAttributeDefinition withDefault(DbcAttributeDefinition definition) {
    Value value = defaults.get(definition.name());
    if (value == null) {
      return definition;
    }
    // An ENUM's default is written as the word.
    Object converted = definition.isEnum() ? value.text : convert(definition, value);
    return new DbcAttributeDefinition(
        definition.name(),
        definition.scope(),
        definition.type(),
        definition.minimum(),
        definition.maximum(),
        definition.choices(),
        converted);
  }

  private Map<String, Object> attributes(Key key) {
    Map<String, Object> converted = new LinkedHashMap<>();
    attributes
        .getOrDefault(key, Map.of())
        .forEach((name, value) -> converted.put(name, convert(definitions.get(name), value)));
    return converted;
  }

  private static Object convert(@Nullable DbcAttributeDefinition definition, Value value) {
    if (definition == null) {
      throw new DbcException(value.line, "an attribute that is not defined");
    }
    if (definition.isEnum()) {
      int index = definition.choices().indexOf(value.text);
      return !value.isNumber && index >= 0 ? (Long) (long) index : (Long) whole(value);
    }
    if (definition.isWhole()) {
      return whole(value);
    }
    if (definition.type().equals("FLOAT")) {
      try {
        return Double.valueOf(value.text);
      } catch (NumberFormatException _) {
        throw new DbcException(value.line, "an attribute of type FLOAT is no number");
      }
    }
    return value.text;
  }

  private static long whole(Value value) {
    try {
      if (value.text.length() <= 40) {
        BigDecimal number = new BigDecimal(value.text);
        // So bounded, 1e999999999 costs nothing.
        if (Math.abs((long) number.scale()) <= 40) {
          return number.toBigInteger().longValueExact();
        }
      }
    } catch (ArithmeticException | NumberFormatException _) {
      // As for one that is out of range.
    }
    throw new DbcException(value.line, "an attribute's value is no whole number");
  }

  private @Nullable Object attribute(Key key, String name) {
    Value value = attributes.getOrDefault(key, Map.of()).get(name);
    return value == null ? null : convert(definitions.get(name), value);
  }

  private String longName(Key key, String attribute, String name) {
    Object found = attribute(key, attribute);
    return found == null ? name : found.toString();
  }

  private String nodeName(String name) {
    return longName(new Key(Scope.NODE, 0, name), "SystemNodeLongSymbol", name);
  }

  private String signalName(long id, String name) {
    return longName(new Key(Scope.SIGNAL, id, name), "SystemSignalLongSymbol", name);
  }

  /** The word of an ENUM, or of what is a word already; the default where nothing is set. */
  private @Nullable String word(Key key, String name) {
    DbcAttributeDefinition definition = definitions.get(name);
    if (definition == null) {
      return null;
    }
    Object value = attribute(key, name);
    if (value == null) {
      value = definition.defaultValue();
    }
    if (value instanceof Long index && definition.isEnum()) {
      List<String> choices = definition.choices();
      return index >= 0 && index < choices.size() ? choices.get((int) (long) index) : null;
    }
    return value == null ? null : value.toString();
  }

  private DbcMessage.Format format(Key key) {
    DbcAttributeDefinition definition = definitions.get("VFrameFormat");
    String word = word(key, "VFrameFormat");
    if (word == null || definition == null) {
      return DbcMessage.Format.CLASSIC;
    }
    if (definition.isWhole()) {
      word = FRAME_FORMATS.getOrDefault(Long.valueOf(word), "");
    }
    return word.equals("J1939PG")
        ? DbcMessage.Format.J1939
        : word.endsWith("CAN_FD") ? DbcMessage.Format.FD : DbcMessage.Format.CLASSIC;
  }

  private int cycleTime(Key key) {
    DbcAttributeDefinition definition = definitions.get("GenMsgCycleTime");
    if (definition == null) {
      return 0;
    }
    Object value = attribute(key, "GenMsgCycleTime");
    if (value == null) {
      value = definition.defaultValue();
    }
    return value instanceof Number number ? number.intValue() : 0;
  }

  // ---- Messages

  private DbcMessage message(Message message) {
    Key key = new Key(Scope.MESSAGE, message.id, "");
    String name = longName(key, "SystemMessageLongSymbol", message.name);
    List<DbcSignal> signals = signals(message);
    if (strict) {
      check(message, name, signals);
    }
    List<DbcMessage.Group> named = new ArrayList<>();
    for (DbcMessage.Group group : groups.getOrDefault(message.id, List.of())) {
      List<String> names = group.signals().stream().map(s -> signalName(message.id, s)).toList();
      named.add(new DbcMessage.Group(group.name(), group.repetitions(), names));
    }
    return new DbcMessage(
        id(message, name),
        name,
        message.length,
        format(key),
        senders(message),
        signals,
        named,
        cycleTime(key),
        word(key, "GenMsgSendType"),
        comment(key),
        attributes(key));
  }

  private static CanId id(Message message, String name) {
    boolean extended = (message.id & EXTENDED) != 0;
    long value = message.id & ~EXTENDED;
    if (value < 0 || value > (extended ? CanId.MAX_EXTENDED : CanId.MAX_STANDARD)) {
      throw new DbcException(
          message.line,
          "identifier 0x%x of message %s has more than %d bits"
              .formatted(value, name, extended ? 29 : 11));
    }
    return new CanId((int) value, extended);
  }

  private List<String> senders(Message message) {
    Set<String> names = new LinkedHashSet<>();
    names.add(nodeName(message.sender));
    senders.getOrDefault(message.id, List.of()).forEach(sender -> names.add(nodeName(sender)));
    return names.equals(Set.of(NOBODY)) ? List.of() : List.copyOf(names);
  }

  private static void check(Message message, String name, List<DbcSignal> signals) {
    for (int i = 0; i < signals.size(); i++) {
      DbcSignal signal = signals.get(i);
      int line = message.signals.get(i).line;
      if (signal.bits().end() > message.length) {
        throw new DbcException(
            line, "signal " + signal.name() + " does not fit in message " + name);
      }
      for (int j = 0; j < i; j++) {
        DbcSignal other = signals.get(j);
        if (signal.bits().overlaps(other.bits()) && signal.meets(other)) {
          throw new DbcException(
              line,
              "signals %s and %s overlap in message %s"
                  .formatted(other.name(), signal.name(), name));
        }
      }
    }
  }

  // ---- Signals

  private List<DbcSignal> signals(Message message) {
    Map<String, Signal> byName = new LinkedHashMap<>();
    @Nullable Signal only = null;
    int multiplexers = 0;
    for (Signal signal : message.signals) {
      if (byName.put(signal.name, signal) != null) {
        throw new DbcException(
            signal.line, "message " + message.name + " has two signals " + signal.name);
      }
      if (signal.isMultiplexer()) {
        only = signal;
        multiplexers++;
      }
    }
    Map<String, DbcSignal> built = new LinkedHashMap<>();
    for (Signal signal : message.signals) {
      build(message, signal, multiplexers == 1 ? only : null, byName, built, new HashSet<>());
    }
    return message.signals.stream().map(signal -> built.get(signal.name)).toList();
  }

  /** A signal is built after the multiplexer that chooses it, which it refers to. */
  private DbcSignal build(
      Message message,
      Signal signal,
      @Nullable Signal only,
      Map<String, Signal> byName,
      Map<String, DbcSignal> built,
      Set<String> below) {
    DbcSignal done = built.get(signal.name);
    if (done != null) {
      return done;
    }
    if (!below.add(signal.name)) {
      throw new DbcException(signal.line, "signal " + signal.name + " multiplexes itself");
    }
    if (below.size() > DEEPEST) {
      throw new DbcException(signal.line, "more than " + DEEPEST + " levels of multiplexers");
    }
    DbcSignal.Multiplexing present = null;
    Multiplexed multiplexed = multiplexed(message, signal, only);
    if (multiplexed != null) {
      Signal multiplexer = byName.get(multiplexed.multiplexer);
      if (multiplexer == null) {
        throw new DbcException(
            signal.line,
            "signal " + signal.name + " has no multiplexer " + multiplexed.multiplexer);
      }
      present =
          new DbcSignal.Multiplexing(
              build(message, multiplexer, only, byName, built, below), multiplexed.ids);
    }
    done = signal(message, signal, present);
    built.put(signal.name, done);
    return done;
  }

  /**
   * Which multiplexer chooses a signal, for which values. Where a message has one multiplexer, the
   * mark of the signal says it, and SG_MUL_VAL_ may add to it; where it has more, SG_MUL_VAL_
   * alone.
   */
  private @Nullable Multiplexed multiplexed(Message message, Signal signal, @Nullable Signal only) {
    String marker = signal.marker;
    if (marker == null || signal == only) {
      return null;
    }
    Multiplexed listed = multiplexing.getOrDefault(message.id, Map.of()).get(signal.name);
    if (only == null) {
      return listed;
    }
    List<DbcSignal.Range> ids = new ArrayList<>();
    if (!marker.matches("m[0-9]{1,18}")) {
      throw new DbcException(
          signal.line,
          "signal " + signal.name + " has the mark " + marker + ", and not m and a number");
    }
    long id = Long.parseLong(marker.substring(1));
    ids.add(new DbcSignal.Range(id, id));
    if (listed != null && listed.multiplexer.equals(only.name)) {
      ids.addAll(listed.ids);
    }
    return new Multiplexed(only.name, ids);
  }

  private DbcSignal signal(
      Message message, Signal signal, DbcSignal.@Nullable Multiplexing multiplexing) {
    Key key = new Key(Scope.SIGNAL, message.id, signal.name);
    found.add(key);
    SignalType type = signalTypes.get(key);
    boolean isFloat = type != null && (type.type == 1 || type.type == 2);
    Texts texts = values.get(key);
    List<String> receivers = new ArrayList<>();
    if (!signal.receivers.equals(List.of(NOBODY))) {
      signal.receivers.forEach(receiver -> receivers.add(nodeName(receiver)));
    }
    try {
      return new DbcSignal(
          signalName(message.id, signal.name),
          signal.bits,
          isFloat
              ? DbcSignal.Type.FLOAT
              : signal.isSigned ? DbcSignal.Type.SIGNED : DbcSignal.Type.UNSIGNED,
          signal.scale,
          signal.offset,
          signal.minimum,
          signal.maximum,
          signal.unit,
          receivers,
          signal.isMultiplexer(),
          multiplexing,
          texts == null ? Map.of() : texts.texts,
          comment(key),
          attributes(key));
    } catch (DbcException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new DbcException(signal.line, String.valueOf(e.getMessage()));
    }
  }

  private DbcEnvironmentVariable variable(DbcEnvironmentVariable variable) {
    Key key = new Key(Scope.ENVIRONMENT_VARIABLE, 0, variable.name());
    return new DbcEnvironmentVariable(
        longName(key, "SystemEnvVarLongSymbol", variable.name()),
        variable.type(),
        variable.minimum(),
        variable.maximum(),
        variable.unit(),
        variable.initial(),
        variable.id(),
        variable.accessType(),
        variable.accessNodes(),
        variableSizes.getOrDefault(variable.name(), 0),
        comment(key),
        attributes(key));
  }
}
