package io.gatun.codec.can.dbc;

import java.math.BigInteger;

/** The words of a DBC: one at a time, the current one at hand. */
final class DbcTokenizer {
  enum Kind {
    NUMBER,
    WORD,
    STRING,
    /** A single character. */
    SIGN,
    END
  }

  private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MOST = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

  private final String text;
  private int at;
  private int line = 1;

  /** The current token. */
  Kind kind = Kind.END;

  String value = "";
  int tokenLine = 1;

  DbcTokenizer(String text) {
    this.text = text;
    next();
  }

  DbcException error(String problem) {
    return new DbcException(tokenLine, problem);
  }

  /** An error about the current token. */
  DbcException unexpected(String wanted) {
    String shown = value.length() > 40 ? value.substring(0, 40) + "…" : value;
    String found = kind == Kind.END ? "the end" : "\"" + shown + "\"";
    return error(found + " where " + wanted + " should be");
  }

  private char peek(int ahead) {
    return at + ahead < text.length() ? text.charAt(at + ahead) : '\0';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWord(char c) {
    return isDigit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /** Goes to the next token. */
  void next() {
    skip();
    tokenLine = line;
    int start = at;
    if (at == text.length()) {
      kind = Kind.END;
      value = "";
      return;
    }
    char c = text.charAt(at);
    boolean signed = c == '+' || c == '-';
    if (isDigit(c) || (signed && isDigit(peek(1)))) {
      number();
      kind = Kind.NUMBER;
      value = text.substring(start, at);
    } else if (isWord(c)) {
      while (isWord(peek(0))) {
        at++;
      }
      kind = Kind.WORD;
      value = text.substring(start, at);
    } else if (c == '"') {
      string();
    } else if (signed || "()[],|@;:".indexOf(c) >= 0) {
      at++;
      kind = Kind.SIGN;
      value = String.valueOf(c);
    } else {
      throw error("the character U+%04X belongs to nothing".formatted((int) c));
    }
  }

  private void skip() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\n') {
        line++;
      } else if (c == '/' && peek(1) == '/') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
        continue;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
      at++;
    }
  }

  private void digits() {
    while (isDigit(peek(0))) {
      at++;
    }
  }

  private void number() {
    at++;
    digits();
    if (peek(0) == '.') {
      at++;
      digits();
    }
    int sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
    if ((peek(0) == 'e' || peek(0) == 'E') && isDigit(peek(1 + sign))) {
      at += 1 + sign;
      digits();
    }
  }

  /** A quote in a string has a backslash before it. */
  private void string() {
    StringBuilder string = new StringBuilder();
    for (at++; ; at++) {
      if (at == text.length()) {
        throw error("a text without an end");
      }
      char c = text.charAt(at);
      if (c == '"') {
        break;
      }
      if (c == '\\' && peek(1) == '"') {
        c = '"';
        at++;
      } else if (c == '\n') {
        line++;
      }
      // Lines of a comment end in one way.
      if (c != '\r' || peek(1) != '\n') {
        string.append(c);
      }
    }
    at++;
    kind = Kind.STRING;
    value = string.toString();
  }

  // ---- Taking what has to be there

  boolean is(Kind wanted) {
    return kind == wanted;
  }

  boolean isSign(char c) {
    return kind == Kind.SIGN && value.charAt(0) == c;
  }

  boolean isWord(String word) {
    return kind == Kind.WORD && value.equals(word);
  }

  /** Takes a sign if it is there. */
  boolean take(char c) {
    boolean found = isSign(c);
    if (found) {
      next();
    }
    return found;
  }

  void sign(char c) {
    if (!take(c)) {
      throw unexpected("'" + c + "'");
    }
  }

  private String take(Kind wanted, String what) {
    if (kind != wanted) {
      throw unexpected(what);
    }
    String taken = value;
    next();
    return taken;
  }

  String word(String what) {
    return take(Kind.WORD, what);
  }

  String string(String what) {
    return take(Kind.STRING, what);
  }

  /** A number that need not be whole. */
  double number(String what) {
    String found = value;
    if (kind != Kind.NUMBER) {
      throw unexpected(what);
    }
    double number = Double.parseDouble(found);
    next();
    return number;
  }

  /** A whole number of an int's range. */
  int small(String what) {
    long number = whole(what);
    if (number != (int) number) {
      throw error(what + " " + number + " is out of range");
    }
    return (int) number;
  }

  /** A whole number of a long's range, or an unsigned one of 64 bits. */
  long whole(String what) {
    if (kind != Kind.NUMBER) {
      throw unexpected(what);
    }
    long number = whole(value, what);
    next();
    return number;
  }

  private long whole(String digits, String what) {
    if (digits.length() > 40) {
      throw error(what + " is out of range");
    }
    BigInteger number;
    try {
      number = new BigInteger(digits);
    } catch (NumberFormatException _) {
      throw unexpected(what);
    }
    if (number.compareTo(LEAST) < 0 || number.compareTo(MOST) > 0) {
      throw error(what + " " + number + " is out of range");
    }
    return number.longValue();
  }
}
