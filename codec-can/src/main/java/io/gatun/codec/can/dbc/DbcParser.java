package io.gatun.codec.can.dbc;

import io.gatun.codec.can.dbc.DbcAttributeDefinition.Scope;
import io.gatun.codec.can.dbc.DbcTokenizer.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a DBC statement by statement. What a statement says of another one, which may stand behind
 * it, is kept as it is: {@link DbcBuilder} puts it together.
 */
final class DbcParser {
  /** Statements up to a semicolon that say nothing of what the records hold. */
  private static final Set<String> PASSED_OVER =
      Set.of(
          "BA_DEF_REL_",
          "BA_DEF_DEF_REL_",
          "BA_REL_",
          "BA_DEF_SGTYPE_",
          "BA_SGTYPE_",
          "CAT_",
          "CAT_DEF_",
          "EV_DATA_",
          "FILTER",
          "NS_DESC_",
          "SGTYPE_",
          "SGTYPE_VAL_",
          "SIG_TYPE_REF_",
          "SIGTYPE_VALTYPE_");

  private final DbcTokenizer in;
  private final DbcBuilder out = new DbcBuilder();

  DbcParser(String text) {
    // A mark of the byte order, as far as it was read in another code page.
    String start = text.startsWith("\ufeff") ? "\ufeff" : text.startsWith("ï»¿") ? "ï»¿" : "";
    this.in = new DbcTokenizer(text.substring(start.length()));
  }

  DbcBuilder parse() {
    while (!in.is(Kind.END)) {
      int line = in.tokenLine;
      if (!in.is(Kind.WORD)) {
        throw in.unexpected("a keyword");
      }
      String keyword = in.value;
      if (PASSED_OVER.contains(keyword)) {
        in.next();
        passOver();
        continue;
      }
      switch (keyword) {
        case "VERSION" -> {
          in.next();
          out.version = in.string("a version");
        }
        case "NS_" -> newSymbols();
        case "BS_" -> bitTiming();
        case "BU_" -> nodes();
        case "BO_" -> message(line);
        case "BO_TX_BU_" -> senders();
        case "CM_" -> comment();
        case "BA_DEF_" -> attributeDefinition();
        case "BA_DEF_DEF_" -> attributeDefault(line);
        case "BA_" -> attribute(line);
        case "VAL_" -> values(line);
        case "VAL_TABLE_" -> valueTable();
        case "SIG_VALTYPE_" -> signalType(line);
        case "SIG_GROUP_" -> signalGroup();
        case "SG_MUL_VAL_" -> multiplexerValues();
        case "EV_" -> environmentVariable();
        case "ENVVAR_DATA_" -> environmentVariableData();
        default -> throw in.unexpected("a keyword");
      }
    }
    return out;
  }

  private void passOver() {
    while (!in.isSign(';')) {
      if (in.is(Kind.END)) {
        throw in.unexpected("';'");
      }
      in.next();
    }
    in.next();
  }

  /** A list of keywords without an end: the next keyword with a colon is a statement again. */
  private void newSymbols() {
    in.next();
    in.sign(':');
    while (in.is(Kind.WORD)) {
      String word = in.value;
      if (word.equals("BS_") || word.equals("BU_")) {
        // Both stand in no list of symbols, and one of them is behind it.
        return;
      }
      in.next();
    }
  }

  private void bitTiming() {
    in.next();
    in.sign(':');
    while (in.is(Kind.NUMBER) || in.isSign(':') || in.isSign(',') || in.isSign(';')) {
      in.next();
    }
  }

  private void nodes() {
    in.next();
    in.sign(':');
    List<String> names = new ArrayList<>();
    // The words of this statement have no end of their own.
    while (in.is(Kind.WORD) && !isKeyword(in.value)) {
      names.add(in.value);
      in.next();
    }
    in.take(';');
    out.nodes = names;
  }

  private static boolean isKeyword(String word) {
    return PASSED_OVER.contains(word)
        || switch (word) {
          case "VERSION",
              "NS_",
              "BS_",
              "BU_",
              "BO_",
              "BO_TX_BU_",
              "CM_",
              "BA_DEF_",
              "BA_DEF_DEF_",
              "BA_",
              "VAL_",
              "VAL_TABLE_",
              "SIG_VALTYPE_",
              "SIG_GROUP_",
              "SG_MUL_VAL_",
              "EV_",
              "ENVVAR_DATA_",
              "SG_" ->
              true;
          default -> false;
        };
  }

  // ---- Messages

  private long messageId() {
    return in.whole("an identifier");
  }

  private void message(int line) {
    in.next();
    DbcBuilder.Message message = new DbcBuilder.Message(line, messageId(), in.word("a name"));
    in.sign(':');
    message.length = in.small("a length");
    message.sender = in.word("a sender");
    while (in.isWord("SG_")) {
      message.signals.add(signal());
    }
    out.messages.add(message);
  }

  private DbcBuilder.Signal signal() {
    int line = in.tokenLine;
    in.next();
    DbcBuilder.Signal signal = new DbcBuilder.Signal(line, in.word("a name"));
    if (in.is(Kind.WORD)) {
      signal.marker = in.value;
      in.next();
    }
    in.sign(':');
    int start = in.small("a start bit");
    in.sign('|');
    int length = in.small("a length");
    in.sign('@');
    boolean bigEndian = in.small("a byte order") == 0;
    signal.isSigned = in.isSign('-');
    if (!in.take('-')) {
      in.sign('+');
    }
    try {
      signal.bits = new BitField(start, length, bigEndian);
    } catch (IllegalArgumentException e) {
      throw new DbcException(line, "signal " + signal.name + ": " + e.getMessage());
    }
    in.sign('(');
    signal.scale = in.number("a scale");
    in.sign(',');
    signal.offset = in.number("an offset");
    in.sign(')');
    in.sign('[');
    // Two zeros that are written as such are no range.
    boolean none = in.value.equals("0");
    double minimum = in.number("a minimum");
    in.sign('|');
    none &= in.value.equals("0");
    double maximum = in.number("a maximum");
    in.sign(']');
    signal.minimum = none ? null : minimum;
    signal.maximum = none ? null : maximum;
    signal.unit = in.string("a unit");
    signal.receivers.addAll(words("a receiver"));
    return signal;
  }

  private List<String> words(String what) {
    List<String> words = new ArrayList<>();
    do {
      words.add(in.word(what));
    } while (in.take(','));
    return words;
  }

  private void senders() {
    in.next();
    long id = messageId();
    in.sign(':');
    out.senders.computeIfAbsent(id, _ -> new ArrayList<>()).addAll(words("a sender"));
    in.sign(';');
  }

  private void signalType(int line) {
    in.next();
    DbcBuilder.Key key = new DbcBuilder.Key(Scope.SIGNAL, messageId(), in.word("a signal"));
    in.take(':');
    out.signalTypes.put(key, new DbcBuilder.SignalType(line, in.small("a type")));
    in.sign(';');
  }

  private void signalGroup() {
    in.next();
    long id = messageId();
    String name = in.word("a name");
    int repetitions = in.small("a number of repetitions");
    in.sign(':');
    List<String> signals = new ArrayList<>();
    while (!in.take(';')) {
      signals.add(in.word("a signal"));
      in.take(',');
    }
    out.groups
        .computeIfAbsent(id, _ -> new ArrayList<>())
        .add(new DbcMessage.Group(name, repetitions, signals));
  }

  private void multiplexerValues() {
    in.next();
    long id = messageId();
    String signal = in.word("a signal");
    String multiplexer = in.word("a multiplexer");
    List<DbcSignal.Range> ranges = new ArrayList<>();
    do {
      long first = in.whole("a value");
      in.take('-');
      // What follows at once was read as the sign of the number.
      long last = in.whole("a value");
      try {
        ranges.add(new DbcSignal.Range(first, Math.abs(last)));
      } catch (IllegalArgumentException e) {
        throw in.error("multiplexer values " + e.getMessage());
      }
    } while (in.take(','));
    in.sign(';');
    out.multiplexing
        .computeIfAbsent(id, _ -> new LinkedHashMap<>())
        .put(signal, new DbcBuilder.Multiplexed(multiplexer, ranges));
  }

  // ---- What is said of something

  /** What a comment or an attribute is of. */
  private DbcBuilder.Key subject() {
    Scope scope = scope();
    long id = scope == Scope.MESSAGE || scope == Scope.SIGNAL ? messageId() : 0;
    String name = scope == Scope.DATABASE || scope == Scope.MESSAGE ? "" : in.word("a name");
    return new DbcBuilder.Key(scope, id, name);
  }

  private Scope scope() {
    Scope scope =
        switch (in.is(Kind.WORD) ? in.value : "") {
          case "BU_" -> Scope.NODE;
          case "BO_" -> Scope.MESSAGE;
          case "SG_" -> Scope.SIGNAL;
          case "EV_" -> Scope.ENVIRONMENT_VARIABLE;
          default -> Scope.DATABASE;
        };
    if (scope != Scope.DATABASE) {
      in.next();
    }
    return scope;
  }

  private void comment() {
    in.next();
    DbcBuilder.Key key = subject();
    String text = in.string("a comment");
    // A long comment of the bus comes in pieces.
    out.comments.merge(
        key, text, (old, more) -> key.equals(DbcBuilder.Key.DATABASE) ? old + more : more);
    in.sign(';');
  }

  private void attributeDefinition() {
    in.next();
    Scope scope = scope();
    String name = in.string("a name");
    String type = in.word("a type");
    List<String> choices = new ArrayList<>();
    List<Double> limits = new ArrayList<>();
    while (!in.take(';')) {
      if (in.is(Kind.NUMBER)) {
        limits.add(in.number("a limit"));
      } else {
        choices.add(in.string("a choice"));
        in.take(',');
      }
    }
    boolean limited = limits.size() >= 2 && !type.equals("STRING") && !type.equals("ENUM");
    out.definitions.put(
        name,
        new DbcAttributeDefinition(
            name,
            scope,
            type,
            limited ? limits.get(0) : null,
            limited ? limits.get(1) : null,
            choices,
            null));
  }

  private DbcBuilder.Value attributeValue(int line) {
    if (!in.is(Kind.NUMBER) && !in.is(Kind.STRING)) {
      throw in.unexpected("a value");
    }
    DbcBuilder.Value value = new DbcBuilder.Value(line, in.value, in.is(Kind.NUMBER));
    in.next();
    in.sign(';');
    return value;
  }

  private void attributeDefault(int line) {
    in.next();
    String name = in.string("a name");
    out.defaults.put(name, attributeValue(line));
  }

  private void attribute(int line) {
    in.next();
    String name = in.string("a name");
    DbcBuilder.Key key = subject();
    out.attributes.computeIfAbsent(key, _ -> new LinkedHashMap<>()).put(name, attributeValue(line));
  }

  private Map<Long, String> texts() {
    Map<Long, String> texts = new LinkedHashMap<>();
    while (!in.take(';')) {
      long number = in.whole("a value");
      texts.put(number, in.string("a text"));
    }
    return texts;
  }

  private void values(int line) {
    in.next();
    @Nullable Long id = in.is(Kind.NUMBER) ? messageId() : null;
    String name = in.word("a signal");
    Map<Long, String> texts = texts();
    // Without an identifier they are those of an environment variable.
    if (id != null && !texts.isEmpty()) {
      out.values.put(new DbcBuilder.Key(Scope.SIGNAL, id, name), new DbcBuilder.Texts(line, texts));
    }
  }

  private void valueTable() {
    in.next();
    String name = in.word("a name");
    out.valueTables.put(name, texts());
  }

  // ---- Environment variables

  private void environmentVariable() {
    in.next();
    String name = in.word("a name");
    in.sign(':');
    int type = in.small("a type");
    in.sign('[');
    double minimum = in.number("a minimum");
    in.sign('|');
    double maximum = in.number("a maximum");
    in.sign(']');
    String unit = in.string("a unit");
    double initial = in.number("an initial value");
    int id = in.small("a number");
    String access = in.word("a type of access");
    List<String> nodes = words("a node");
    in.sign(';');
    out.variables.put(
        name,
        new DbcEnvironmentVariable(
            name, type, minimum, maximum, unit, initial, id, access, nodes, 0, "", Map.of()));
  }

  private void environmentVariableData() {
    in.next();
    String name = in.word("a variable");
    in.sign(':');
    out.variableSizes.put(name, in.small("a size"));
    in.sign(';');
  }
}
