package io.gatun.codec.can.dbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.codec.can.CanData;
import io.gatun.codec.can.CanId;
import io.gatun.testkit.Python;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each file that cantools tests itself with says the same to Gatun as to cantools. */
final class DbcPythonTest {
  private static final Python PYTHON = new Python("cantools==45.1.0");

  /** The files are in the source package alone. */
  private static final String FETCH =
      """
      import os, subprocess, sys, tarfile
      target = sys.argv[1]
      if not os.path.exists(target):
          subprocess.run([sys.executable, '-m', 'pip', '-q', 'download', '--no-deps',
                          '--no-binary', ':all:', '-d', target + '.new', 'cantools==45.1.0'],
                         check=True)
          with tarfile.open(target + '.new/cantools-45.1.0.tar.gz') as archive:
              archive.extractall(target + '.new', filter='data')
          os.rename(target + '.new', target)
      """;

  /** Prints what each file says, a line for each thing. */
  private static final String DESCRIBE =
      """
      import cantools, os, struct, sys

      def text(s):
          return '"' + ''.join(c if 32 <= ord(c) < 127 and c not in '\\\\"' else f'\\\\u{ord(c):04x}'
                               for c in s or '') + '"'
      def number(x):
          return '-' if x is None else struct.pack('>d', float(x)).hex()
      def attributes(dbc):
          found = dbc.attributes if dbc else None
          return ','.join(f'{text(k)}={value(v.value)}' for k, v in sorted((found or {}).items()))
      def value(v):
          return '-' if v is None else text(v) if isinstance(v, str) else \\
              str(v) if isinstance(v, int) else number(v)
      def choices(c):
          return ','.join(f'{k}={text(str(v))}' for k, v in sorted((c or {}).items()))

      for name in sorted(os.listdir(sys.argv[1])):
          try:
              db = cantools.database.load_file(os.path.join(sys.argv[1], name),
                                               database_format='dbc', encoding='cp1252')
          except Exception as e:
              print('file', name, 'error', ' '.join(str(e).split()))
              continue
          print('file', name)
          print('version', text(db.version))
          for n in db.nodes:
              print('node', text(n.name), text(n.comment), attributes(n.dbc))
          for t, c in sorted(db.dbc.value_tables.items()):
              print('table', t, choices(c))
          for d in sorted(db.dbc.attribute_definitions.values(), key=lambda d: d.name):
              print('attribute', text(d.name), d.kind or '', d.type_name,
                    number(d.minimum), number(d.maximum),
                    ','.join(map(text, d.choices or [])), value(d.default_value))
          print('database', text(db.buses[0].comment if db.buses else ''), attributes(db.dbc))
          for v in sorted(db.dbc.environment_variables.values(), key=lambda v: v.name):
              print('variable', v.name, v.env_type, number(v.minimum), number(v.maximum),
                    text(v.unit), number(v.initial_value), v.env_id, v.access_type,
                    ','.join(v.access_nodes), v.data_size or 0, text(v.comment), attributes(v.dbc))
          for m in sorted(db.messages, key=lambda m: (m.is_extended_frame, m.frame_id)):
              print('message', f'{m.frame_id:x}', int(m.is_extended_frame), m.name, m.length,
                    'FD' if m.is_fd else 'J1939' if m.protocol == 'j1939' else 'CLASSIC',
                    ','.join(m.senders), m.cycle_time or 0, text(m.send_type), text(m.comment),
                    ' '.join(f'{g.name}*{g.repetitions}:' + ','.join(g.signal_names)
                             for g in m.signal_groups or []), attributes(m.dbc))
              for s in sorted(m.signals, key=lambda s: s.name):
                  print('signal', s.name,
                        f'{s.start}|{s.length}@{int(s.byte_order == "little_endian")}',
                        'FLOAT' if s.conversion.is_float else
                        'SIGNED' if s.is_signed else 'UNSIGNED',
                        number(s.scale), number(s.offset), number(s.minimum), number(s.maximum),
                        text(s.unit), ','.join(s.receivers), int(s.is_multiplexer),
                        s.multiplexer_signal or '-',
                        ','.join(map(str, sorted(set(s.multiplexer_ids or [])))),
                        choices(s.choices), text(s.comment), attributes(s.dbc))
      """;

  /** Prints random payloads of each message, what they say, and what becomes of that again. */
  private static final String DECODE =
      """
      import cantools, os, random, struct, sys
      from cantools.database.errors import DecodeError

      random.seed(1)
      def number(x):
          return 'nan' if x != x else struct.pack('>d', float(x)).hex()
      def line(kind, values):
          return kind + ' ' + ' '.join(f'{k}={v}' for k, v in sorted(values.items()))

      for name in sorted(os.listdir(sys.argv[1])):
          try:
              db = cantools.database.load_file(os.path.join(sys.argv[1], name),
                                               database_format='dbc', encoding='cp1252')
          except Exception as e:
              continue
          print('file', name)
          for m in db.messages:
              for i in range(int(sys.argv[2])):
                  data = bytearray(random.randbytes(m.length))
                  if i % 4 == 1:
                      del data[random.randrange(m.length + 1):]
                  if i % 4 >= 2:
                      # Small values of multiplexers, which something goes with.
                      for s in m.signals:
                          if s.is_multiplexer:
                              bits = cantools.database.utils.start_bit(s)
                              if bits // 8 < len(data):
                                  data[bits // 8] &= random.choice([0, 1, 3, 0x30, 0x33])
                  kw = dict(decode_choices=False, allow_truncated=True)
                  print('payload', f'{m.frame_id:x}', int(m.is_extended_frame), data.hex())
                  try:
                      raw = m.decode(bytes(data), scaling=False, **kw)
                  except DecodeError:
                      print('multiplexer')
                      continue
                  scaled = m.decode(bytes(data), **kw)
                  texts = m.decode(bytes(data), allow_truncated=True)
                  print(line('raw', {k: number(v) if isinstance(v, float) else v
                                     for k, v in raw.items()}))
                  print(line('value', {k: number(v) for k, v in scaled.items()}))
                  print(line('text', {k: str(v).encode().hex() for k, v in texts.items()
                                      if not isinstance(v, (int, float))}))
                  if len(data) < m.length or any(v != v for v in scaled.values()):
                      print('encoded')
                      continue
                  print('encoded', m.encode(raw, scaling=False, strict=False).hex(),
                        m.encode(scaled, strict=False).hex())
                  moved = {s.name: scaled[s.name] if s.is_multiplexer else
                           scaled[s.name] + random.choice([0.5, random.uniform(-1, 1)]) * s.scale
                           for s in m.signals if s.name in scaled}
                  print(line('moved', {k: number(v) for k, v in moved.items()}))
                  try:
                      print('gives', m.encode(moved, strict=False).hex())
                  except Exception as e:
                      print('refused', e)
      """;

  private static Path files() throws IOException, InterruptedException {
    Path target = Python.cache().resolve("cantools-45.1.0/sdist");
    PYTHON.script(FETCH, target);
    return target.resolve("cantools-45.1.0/tests/files/dbc");
  }

  // ---- What a file says

  private static String text(@Nullable String s) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : (s == null ? "" : s).toCharArray()) {
      if (c >= 32 && c < 127 && c != '\\' && c != '"') {
        out.append(c);
      } else {
        out.append("\\u%04x".formatted((int) c));
      }
    }
    return out.append('"').toString();
  }

  private static String number(@Nullable Double x) {
    return x == null ? "-" : "%016x".formatted(Double.doubleToRawLongBits(x));
  }

  private static String value(@Nullable Object v) {
    return switch (v) {
      case null -> "-";
      case Long whole -> whole.toString();
      case Double d -> number(d);
      default -> text(v.toString());
    };
  }

  private static String attributes(Map<String, Object> attributes) {
    return new TreeMap<>(attributes)
        .entrySet().stream()
            .map(e -> text(e.getKey()) + "=" + value(e.getValue()))
            .collect(Collectors.joining(","));
  }

  private static String choices(Map<Long, String> values) {
    return new TreeMap<>(values)
        .entrySet().stream()
            .map(e -> e.getKey() + "=" + text(e.getValue()))
            .collect(Collectors.joining(","));
  }

  private static void describe(DbcDatabase db, StringBuilder out) {
    out.append("version ").append(text(db.version())).append('\n');
    for (DbcNode n : db.nodes()) {
      line(out, "node", text(n.name()), text(n.comment()), attributes(n.attributes()));
    }
    new TreeMap<>(db.valueTables()).forEach((name, v) -> line(out, "table", name, choices(v)));
    for (DbcAttributeDefinition d : new TreeMap<>(db.attributeDefinitions()).values()) {
      String kind =
          switch (d.scope()) {
            case DATABASE -> "";
            case NODE -> "BU_";
            case MESSAGE -> "BO_";
            case SIGNAL -> "SG_";
            case ENVIRONMENT_VARIABLE -> "EV_";
          };
      line(
          out,
          "attribute",
          text(d.name()),
          kind,
          d.type(),
          number(d.minimum()),
          number(d.maximum()),
          d.choices().stream().map(DbcPythonTest::text).collect(Collectors.joining(",")),
          value(d.defaultValue()));
    }
    line(out, "database", text(db.comment()), attributes(db.attributes()));
    db.environmentVariables().stream()
        .sorted(Comparator.comparing(DbcEnvironmentVariable::name))
        .forEach(v ->
            line(
                out,
                "variable",
                v.name(),
                v.type(),
                number(v.minimum()),
                number(v.maximum()),
                text(v.unit()),
                number(v.initial()),
                v.id(),
                v.accessType(),
                String.join(",", v.accessNodes()),
                v.dataSize(),
                text(v.comment()),
                attributes(v.attributes())));
    db.messages().stream()
        .sorted(
            Comparator.comparing((DbcMessage m) -> m.id().isExtended())
                .thenComparingInt(m -> m.id().value()))
        .forEach(m -> describe(m, out));
  }

  private static void describe(DbcMessage m, StringBuilder out) {
    line(
        out,
        "message",
        Integer.toHexString(m.id().value()),
        m.id().isExtended() ? 1 : 0,
        m.name(),
        m.length(),
        m.format(),
        String.join(",", m.senders()),
        m.cycleTime(),
        text(m.sendType()),
        text(m.comment()),
        m.groups().stream()
            .map(g -> g.name() + "*" + g.repetitions() + ":" + String.join(",", g.signals()))
            .collect(Collectors.joining(" ")),
        attributes(m.attributes()));
    m.signals().stream()
        .sorted(Comparator.comparing(DbcSignal::name))
        .forEach(s -> {
          DbcSignal.Multiplexing multiplexing = s.multiplexing();
          line(
              out,
              "signal",
              s.name(),
              s.bits(),
              s.type(),
              number(s.scale()),
              number(s.offset()),
              number(s.minimum()),
              number(s.maximum()),
              text(s.unit()),
              String.join(",", s.receivers()),
              s.isMultiplexer() ? 1 : 0,
              multiplexing == null ? "-" : multiplexing.multiplexer().name(),
              multiplexing == null ? "" : ids(multiplexing),
              choices(s.values()),
              text(s.comment()),
              attributes(s.attributes()));
        });
  }

  private static String ids(DbcSignal.Multiplexing multiplexing) {
    return multiplexing.ids().stream()
        .flatMap(r -> Stream.iterate(r.first(), i -> i <= r.last(), i -> i + 1))
        .distinct()
        .sorted()
        .map(String::valueOf)
        .collect(Collectors.joining(","));
  }

  private static void line(StringBuilder out, Object... words) {
    out.append(Stream.of(words).map(String::valueOf).collect(Collectors.joining(" ")));
    out.append('\n');
  }

  private static DbcDatabase read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return DbcDatabase.read(in);
    }
  }

  /** The words in which cantools states what Gatun states in its own. */
  private static String reason(String message) {
    String reason = normal(message);
    String[] words = reason.split(" ", -1);
    // Which of two overlaps comes first is a matter of the order.
    if (words[0].equals("overlap") && words[2].compareTo(words[3]) > 0) {
      return "overlap " + words[1] + " " + words[3] + " " + words[2];
    }
    return reason;
  }

  private static String normal(String message) {
    return message
        .replaceAll("^line \\d+: ", "")
        .replaceAll("signals (\\w+) and (\\w+) overlap in message (\\w+)", "overlap $3 $1 $2")
        .replaceAll(
            ".*The signals (\\w+) and (\\w+) are overlapping in message (\\w+).*",
            "overlap $3 $2 $1")
        .replaceAll(".*(?i:signal) (\\w+) does not fit in message (\\w+).*", "no room $2 $1")
        .replaceAll("(\\w+) of signal (\\w+), which message (\\d+) lacks", "unused $1 $3 $2")
        .replaceAll(".*unused \\w+ entries in DBC: (\\w+) (\\d+) (\\w+).*", "unused $1 $2 $3")
        .replaceAll("identifier (\\w+) of message (\\w+) has more than (\\d+) bits", "id $2 $1 $3")
        .replaceAll(
            ".*frame id (\\w+) is more than (\\d+) bits in message (\\w+).*", "id $3 $1 $2");
  }

  @Test
  void everyFileSaysTheSame() throws IOException, InterruptedException {
    Path files = files();
    Map<String, String> theirs = new TreeMap<>();
    for (String file : PYTHON.script(DESCRIBE, files).split("(?m)^file ", -1)) {
      if (!file.isEmpty()) {
        int end = file.indexOf('\n');
        String[] head = file.substring(0, end).split(" error ", 2);
        theirs.put(
            head[0], head.length == 2 ? "error " + reason(head[1]) : file.substring(end + 1));
      }
    }
    assertTrue(theirs.size() > 80, theirs.size() + " files");
    int refused = 0;
    for (Map.Entry<String, String> file : theirs.entrySet()) {
      StringBuilder ours = new StringBuilder();
      try {
        describe(read(files.resolve(file.getKey())), ours);
      } catch (DbcException e) {
        ours.append("error ").append(reason(String.valueOf(e.getMessage())));
        refused++;
      }
      assertEquals(file.getValue(), ours.toString(), file.getKey());
    }
    System.out.println(theirs.size() + " files, " + refused + " refused for the same reason");
  }

  // ---- What a payload says

  private static Map<String, String> words(String line) {
    Map<String, String> words = new HashMap<>();
    for (String word : line.split(" ", -1)) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        words.put(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    return words;
  }

  private static String hex(double value) {
    return Double.isNaN(value) ? "nan" : "%016x".formatted(Double.doubleToRawLongBits(value));
  }

  private static String raw(DbcValue value) {
    if (value.signal().type() == DbcSignal.Type.FLOAT) {
      DbcSignal plain = value.signal();
      double number =
          switch (plain.bits().length()) {
            case 16 -> Float.float16ToFloat((short) value.raw());
            case 32 -> Float.intBitsToFloat((int) value.raw());
            default -> Double.longBitsToDouble(value.raw());
          };
      return hex(number);
    }
    return value.signal().type() == DbcSignal.Type.SIGNED
        ? Long.toString(value.raw())
        : Long.toUnsignedString(value.raw());
  }

  /** A number of more than 53 bits is rounded once more: in the last place of what it is. */
  private static void assertSame(String theirs, DbcValue value, String where) {
    String ours = hex(value.value());
    if (!theirs.equals(ours)) {
      double expected = Double.longBitsToDouble(Long.parseUnsignedLong(theirs, 16));
      boolean large = Math.abs((double) value.raw()) >= 0x1p53;
      assertTrue(
          large && Math.abs(expected - value.value()) <= 2 * Math.ulp(expected),
          where + ": " + value + " is " + value.value() + " and not " + expected);
    }
  }

  @Test
  void everyPayloadSaysTheSame() throws IOException, InterruptedException {
    Path files = files();
    List<String> lines = PYTHON.script(DECODE, files, 40).lines().toList();
    DbcDatabase db = null;
    int payloads = 0;
    int signals = 0;
    int unknown = 0;
    int encoded = 0;
    int refused = 0;
    for (int i = 0; i < lines.size(); ) {
      String line = lines.get(i++);
      if (line.startsWith("file ")) {
        db = read(files.resolve(line.substring(5)));
        continue;
      }
      String where = line;
      String[] payload = line.split(" ", -1);
      assertEquals("payload", payload[0], line);
      DbcMessage message =
          Objects.requireNonNull(db)
              .message(new CanId(Integer.parseInt(payload[1], 16), payload[2].equals("1")));
      CanData data = CanData.parse(payload[3]);
      assertTrue(message != null, where);
      List<DbcValue> values = message.decode(data);
      payloads++;
      line = lines.get(i++);
      if (line.equals("multiplexer")) {
        // cantools refuses the whole payload; here what is chosen lacks.
        unknown++;
        continue;
      }
      Map<String, String> raws = words(line);
      Map<String, String> theirs = words(lines.get(i++));
      Map<String, String> texts = words(lines.get(i++));
      assertEquals(
          raws.keySet(),
          values.stream().map(v -> v.signal().name()).collect(Collectors.toSet()),
          where);
      for (DbcValue value : values) {
        signals++;
        String name = value.signal().name();
        assertEquals(raws.get(name), raw(value), where + " " + name);
        assertSame(String.valueOf(theirs.get(name)), value, where);
        String text = value.text();
        String hex =
            text == null ? null : HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
        assertEquals(texts.get(name), hex, where + " " + name);
      }
      String[] bytes = lines.get(i++).split(" ", -1);
      if (bytes.length == 1) {
        continue;
      }
      ByteBuf buf = Unpooled.wrappedBuffer(new byte[message.length()]);
      Map<String, Number> all = new HashMap<>();
      boolean exact = true;
      for (DbcValue value : values) {
        value.signal().setRaw(buf, 0, value.raw());
        boolean plain = value.signal().scale() == 1 && value.signal().offset() == 0;
        boolean whole = value.signal().type() != DbcSignal.Type.FLOAT;
        all.put(
            value.signal().name(),
            whole && plain && value.raw() >= 0 ? (Number) value.raw() : (Number) value.value());
        exact &= !whole || Math.abs((double) value.raw()) < 0x1p53 || (value.raw() >= 0 && plain);
      }
      assertEquals(
          bytes[1],
          CanData.of(buf, 0, message.length()).toString().toLowerCase(Locale.ROOT),
          where);
      if (exact) {
        encoded++;
        assertEquals(bytes[2], message.encode(all).toString().toLowerCase(Locale.ROOT), where);
      }
      Map<String, Double> moved = new HashMap<>();
      words(lines.get(i++))
          .forEach((name, hex) ->
              moved.put(name, Double.longBitsToDouble(Long.parseUnsignedLong(hex, 16))));
      String given = lines.get(i++);
      if (!exact) {
        continue;
      }
      if (given.startsWith("gives ")) {
        assertEquals(
            given.substring(6), message.encode(moved).toString().toLowerCase(Locale.ROOT), where);
      } else {
        refused++;
        assertThrows(IllegalArgumentException.class, () -> message.encode(moved), where + given);
      }
    }
    System.out.println(
        "%d payloads, %d values, %d encoded, %d refused, %d of no multiplexer"
            .formatted(payloads, signals, encoded, refused, unknown));
    assertTrue(signals > 10_000, signals + " signals");
  }
}
