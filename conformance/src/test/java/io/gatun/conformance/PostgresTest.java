package io.gatun.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;

/** PostgreSQL's JDBC driver, as it is, over Gatun's sockets, and a real server. */
@Timeout(60)
@ParameterizedClass
@EnumSource
class PostgresTest {
  /** All that wait at once, and a few more. */
  private static final int MANY = 60;

  private static PostgresServer server;

  private final Over over;

  enum Over {
    TCP,
    UNIX
  }

  PostgresTest(Over over) {
    this.over = over;
  }

  @BeforeAll
  static void start() throws Exception {
    server = new PostgresServer(MANY + 20);
  }

  @AfterAll
  static void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  private Connection connect(String more) throws SQLException {
    return DriverManager.getConnection((over == Over.TCP ? server.tcp() : server.unix()) + more);
  }

  private static String text(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      assertTrue(result.next());
      return result.getString(1);
    }
  }

  private static int number(Connection connection, String query) throws SQLException {
    return Integer.parseInt(text(connection, query));
  }

  /** Asks until the server says yes. */
  private static void await(Connection connection, String condition) throws SQLException {
    while (!"t".equals(text(connection, "select " + condition))) {
      Thread.onSpinWait();
    }
  }

  private static final String ASLEEP =
      "exists (select from pg_stat_activity where wait_event = 'PgSleep' and pid = %d)";

  private static SQLException failure(Future<?> future) {
    ExecutionException e = assertThrows(ExecutionException.class, future::get);
    return assertInstanceOf(SQLException.class, e.getCause());
  }

  @Test
  void theServerSeesWhereTheConnectionComesFrom() throws Exception {
    try (Connection connection = connect("")) {
      String address = text(connection, "select inet_client_addr()");
      if (over == Over.UNIX) {
        assertNull(address);
      } else {
        assertEquals("127.0.0.1", address);
      }
    }
  }

  @Test
  void manyRowsComeInParts() throws Exception {
    try (Connection connection = connect("")) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(1000);
        int rows = 0;
        try (ResultSet result =
            statement.executeQuery("select n, md5(n::text) from generate_series(0, 99999) n")) {
          while (result.next()) {
            assertEquals(rows++, result.getInt(1));
            assertEquals(32, result.getString(2).length());
          }
        }
        assertEquals(100_000, rows);
      }
    }
  }

  @Test
  void aLargeValueComesBackAsItWas() throws Exception {
    byte[] value = new byte[8 << 20];
    new Random(1).nextBytes(value);
    try (Connection connection = connect("");
        PreparedStatement statement = connection.prepareStatement("select ?::bytea")) {
      statement.setBytes(1, value);
      try (ResultSet result = statement.executeQuery()) {
        assertTrue(result.next());
        assertArrayEquals(value, result.getBytes(1));
      }
    }
  }

  @Test
  void copiesBothWays() throws Exception {
    byte[] lines = "a line of some length, as others\n".repeat(100_000).getBytes(UTF_8);
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      statement.execute("create temp table lines (line text)");
      var copy = connection.unwrap(PGConnection.class).getCopyAPI();
      assertEquals(100_000, copy.copyIn("copy lines from stdin", new ByteArrayInputStream(lines)));
      ByteArrayOutputStream back = new ByteArrayOutputStream();
      assertEquals(100_000, copy.copyOut("copy lines to stdout", back));
      assertArrayEquals(lines, back.toByteArray());
    }
  }

  @Test
  void aStatementIsCancelledByAnotherThread() throws Exception {
    try (Connection connection = connect("");
        Connection other = connect("");
        Statement statement = connection.createStatement();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      int pid = number(connection, "select pg_backend_pid()");
      Future<Boolean> sleep = threads.submit(() -> statement.execute("select pg_sleep(50)"));
      await(other, ASLEEP.formatted(pid));
      statement.cancel();
      assertEquals("57014", failure(sleep).getSQLState());
      assertEquals(1, number(connection, "select 1"));
    }
  }

  @Test
  void aQueryEndsWithItsTimeout() throws Exception {
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      SQLException e =
          assertThrows(SQLException.class, () -> statement.execute("select pg_sleep(50)"));
      assertEquals("57014", e.getSQLState());
      assertEquals(1, number(connection, "select 1"));
    }
  }

  @Test
  void aReadEndsWithTheSocketsTimeout() throws Exception {
    try (Connection connection = connect("&socketTimeout=1");
        Statement statement = connection.createStatement()) {
      SQLException e =
          assertThrows(SQLException.class, () -> statement.execute("select pg_sleep(50)"));
      assertInstanceOf(SocketTimeoutException.class, e.getCause());
      assertTrue(connection.isClosed());
    }
  }

  @Test
  void theServerKillsAConnection() throws Exception {
    try (Connection connection = connect("");
        Connection idle = connect("");
        Connection other = connect("");
        Statement statement = connection.createStatement();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      int pid = number(connection, "select pg_backend_pid()");
      Future<Boolean> sleep = threads.submit(() -> statement.execute("select pg_sleep(50)"));
      await(other, ASLEEP.formatted(pid));
      assertEquals("t", text(other, "select pg_terminate_backend(" + pid + ")"));
      assertEquals("57P01", failure(sleep).getSQLState());
      int second = number(idle, "select pg_backend_pid()");
      assertEquals("t", text(other, "select pg_terminate_backend(" + second + ", 10000)"));
      assertFalse(idle.isValid(10));
      assertNotNull(assertThrows(SQLException.class, () -> number(idle, "select 1")));
    }
  }

  @Test
  void aConnectionIsAbortedByAnotherThread() throws Exception {
    try (Connection connection = connect("");
        Connection other = connect("");
        Statement statement = connection.createStatement();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      int pid = number(connection, "select pg_backend_pid()");
      Future<Boolean> sleep = threads.submit(() -> statement.execute("select pg_sleep(50)"));
      await(other, ASLEEP.formatted(pid));
      connection.abort(Runnable::run);
      assertTrue(failure(sleep).getSQLState().startsWith("08"));
    }
  }

  /** All wait at once, which they could not if one held its carrier: of those there are few. */
  @Test
  void manyVirtualThreadsWaitAtOnce() throws Exception {
    try (Connection gate = connect("");
        Statement statement = gate.createStatement();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      statement.execute("select pg_advisory_lock(1)");
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        int mine = i;
        all.add(
            threads.submit(() -> {
              try (Connection connection = connect("")) {
                text(connection, "select pg_advisory_lock_shared(1)");
                return number(connection, "select " + mine);
              }
            }));
      }
      await(gate, MANY + " = (select count(*) from pg_locks where not granted)");
      statement.execute("select pg_advisory_unlock(1)");
      for (int i = 0; i < MANY; i++) {
        assertEquals(i, all.get(i).get());
      }
    }
  }
}
