package io.gatun.codec.can.dbc;

import io.gatun.codec.can.CanId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All that a DBC says of a bus.
 *
 * <p>Passed over are relations between nodes and what they receive ({@code BA_REL_}), the messages
 * of signals without a message, and what no tool writes any more (types of signals, categories,
 * filters).
 *
 * @param version in the file's own words
 * @param nodes in the file's order
 * @param messages in the file's order
 * @param valueTables texts of raw values, by the table's name
 * @param environmentVariables in the file's order
 * @param attributeDefinitions what attributes may be, by their names
 * @param comment of the bus; empty for none
 * @param attributes those that the file sets for the bus, as in {@link DbcSignal}
 */
public record DbcDatabase(
    String version,
    List<DbcNode> nodes,
    List<DbcMessage> messages,
    Map<String, Map<Long, String>> valueTables,
    List<DbcEnvironmentVariable> environmentVariables,
    Map<String, DbcAttributeDefinition> attributeDefinitions,
    String comment,
    Map<String, Object> attributes) {
  /** What tools on Windows write. */
  private static final Charset CP1252 = Charset.forName("windows-1252");

  /** A file of thousands of messages has some megabytes. */
  private static final int LONGEST = 64 << 20;

  /** Makes a database, and copies the collections. */
  public DbcDatabase {
    nodes = List.copyOf(nodes);
    messages = List.copyOf(messages);
    valueTables = Copy.of(valueTables);
    environmentVariables = List.copyOf(environmentVariables);
    attributeDefinitions = Copy.of(attributeDefinitions);
    attributes = Copy.of(attributes);
  }

  /**
   * {@return the database of a text}
   *
   * @param text all of it
   * @throws DbcException if it is malformed, if signals of a message overlap or do not fit into it,
   *     or if it says something of a signal that there is not
   */
  public static DbcDatabase parse(String text) {
    return new DbcParser(text).parse().build(true);
  }

  /**
   * {@return the database of a text, though it contradicts itself} Signals may overlap, lie beyond
   * the end of their message, where no frame has them, and lack though something is said of them.
   *
   * @param text all of it
   * @throws DbcException if it is malformed
   */
  public static DbcDatabase parseLenient(String text) {
    return new DbcParser(text).parse().build(false);
  }

  /**
   * {@return the database of a file in the code page 1252}
   *
   * @param in the file, which is read to its end and stays open
   * @throws DbcException as {@link #parse}
   * @throws IOException if reading fails, or it has more than 64 MiB
   */
  public static DbcDatabase read(InputStream in) throws IOException {
    return read(in, CP1252);
  }

  /**
   * {@return the database of a file}
   *
   * @param in the file, which is read to its end and stays open
   * @param charset of its comments and units
   * @throws DbcException as {@link #parse}
   * @throws IOException if reading fails, or it has more than 64 MiB
   */
  public static DbcDatabase read(InputStream in, Charset charset) throws IOException {
    byte[] bytes = in.readNBytes(LONGEST + 1);
    if (bytes.length > LONGEST) {
      throw new IOException("a DBC of more than " + LONGEST + " bytes");
    }
    return parse(new String(bytes, charset));
  }

  /**
   * {@return the message of an identifier; null if there is none} Of several the last one counts.
   * Keep the result: this looks through all of them.
   *
   * @param id the identifier
   */
  public @Nullable DbcMessage message(CanId id) {
    return find(message -> message.id().equals(id));
  }

  /**
   * {@return the message of a name; null if there is none}
   *
   * @param name of a message
   */
  public @Nullable DbcMessage message(String name) {
    return find(message -> message.name().equals(name));
  }

  private @Nullable DbcMessage find(Predicate<DbcMessage> wanted) {
    for (DbcMessage message : messages.reversed()) {
      if (wanted.test(message)) {
        return message;
      }
    }
    return null;
  }

  /** {@return the number of messages and the version} */
  @Override
  public String toString() {
    return messages.size() + " messages, version \"" + version + "\"";
  }
}
