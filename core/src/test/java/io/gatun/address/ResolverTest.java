package io.gatun.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatun.error.ResolveException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

final class ResolverTest {
  /** No DNS server is asked for a name that cannot be one. */
  private static final String NO_HOST = "no such host";

  private static final Set<Address> LOOPBACKS =
      Set.of(Ipv4Address.loopback(80), Ipv6Address.loopback(80));

  @Test
  void theTextOfAnAddressIsThatAddress() throws Exception {
    assertEquals(List.of(Ipv4Address.of("192.0.2.1", 80)), Resolver.resolve("192.0.2.1", 80));
    assertEquals(List.of(Ipv6Address.of("fe80::1%7", 80)), Resolver.resolve("fe80::1%7", 80));
    CompletableFuture<List<Address>> future = Resolver.resolveAsync("192.0.2.1", 80);
    assertTrue(future.isDone(), "it needs no call");
    assertEquals(List.of(Ipv4Address.of("192.0.2.1", 80)), future.get());
  }

  @Test
  void olderFormsOfAddressesAreTheSystemsBusiness() throws Exception {
    assertEquals(List.of(Ipv4Address.loopback(80)), Resolver.resolve("127.1", 80));
  }

  @Test
  void aNameHasItsAddressesOnceEach() throws Exception {
    List<Address> found = Resolver.resolve("localhost", 80);
    assertTrue(LOOPBACKS.containsAll(found), found::toString);
    assertEquals(new HashSet<>(found).size(), found.size());
    assertTrue(!found.isEmpty());
  }

  @Test
  void noHostIsLoopbackToConnectToAndAnyToBindTo() throws Exception {
    List<Address> connect = Resolver.resolve("", 80);
    assertTrue(connect.contains(Ipv4Address.loopback(80)), connect::toString);
    assertTrue(LOOPBACKS.containsAll(connect), connect::toString);
    List<Address> bind = Resolver.resolvePassive("", 80);
    assertTrue(bind.contains(Ipv4Address.any(80)), bind::toString);
    assertTrue(Set.of(Ipv4Address.any(80), Ipv6Address.any(80)).containsAll(bind), bind::toString);
    assertEquals(bind, Resolver.resolvePassiveAsync("", 80).get());
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "the numbers are Linux's")
  void anUnknownNameIsAnErrorThatNamesIt() {
    ResolveException error =
        assertThrows(ResolveException.class, () -> Resolver.resolve(NO_HOST, 80));
    assertEquals(
        "getaddrinfo no such host:80: EAI_NONAME (-2) Name or service not known",
        error.getMessage());
  }

  @Test
  void aNameThatNoDomainCanHaveIsUnknown() {
    String label = "\u00fc".repeat(70);
    ResolveException error =
        assertThrows(ResolveException.class, () -> Resolver.resolve(label + ".example", 80));
    assertEquals("EAI_NONAME", error.errnoName());
  }

  @Test
  void theFutureFailsWithTheError() {
    ExecutionException error =
        assertThrows(ExecutionException.class, () -> Resolver.resolveAsync(NO_HOST, 80).get());
    assertInstanceOf(ResolveException.class, error.getCause());
  }

  @Test
  void theCallIsMadeOnThreadsOfTheResolversOwn() throws Exception {
    CompletableFuture<List<Address>> future = Resolver.resolveAsync("localhost", 80);
    assertEquals(Resolver.resolve("localhost", 80), future.get());
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .anyMatch(t -> t.getName().startsWith("gatun-resolver-") && t.isDaemon()));
  }

  @Test
  void aVirtualThreadGetsTheSameAndItsOwnStackTrace() throws Exception {
    FutureTask<List<Address>> found = new FutureTask<>(() -> Resolver.resolve("localhost", 80));
    FutureTask<ResolveException> failed =
        new FutureTask<>(
            () -> assertThrows(ResolveException.class, () -> Resolver.resolve(NO_HOST, 80)));
    Thread.ofVirtual().start(found);
    Thread.ofVirtual().start(failed);
    assertEquals(Resolver.resolve("localhost", 80), found.get());
    String here = ResolverTest.class.getName();
    assertTrue(
        Arrays.stream(failed.get().getStackTrace()).anyMatch(f -> f.getClassName().equals(here)));
  }

  @Test
  void virtualThreadsLeaveTheCallToTheResolversThreads() throws Exception {
    long before = Resolver.Pool.THREADS.getTaskCount();
    List<Address> expected = Resolver.resolve("localhost", 80);
    CountDownLatch start = new CountDownLatch(1);
    List<FutureTask<List<Address>>> tasks =
        IntStream.range(0, 100)
            .mapToObj(i ->
                new FutureTask<>(() -> {
                  start.await();
                  return Resolver.resolve("localhost", 80);
                }))
            .toList();
    tasks.forEach(task -> Thread.ofVirtual().start(task));
    start.countDown();
    for (FutureTask<List<Address>> task : tasks) {
      assertEquals(expected, task.get());
    }
    // The count may be off by one for each thread of the pool that is just done.
    assertTrue(Resolver.Pool.THREADS.getTaskCount() - before > 80);
  }

  @Test
  void aNulDoesNotCutTheNameShort() {
    assertThrows(IllegalArgumentException.class, () -> Resolver.resolve("localhost\0x", 80));
    assertThrows(IllegalArgumentException.class, () -> Resolver.resolveAsync("localhost\0x", 80));
  }

  @Test
  void aPortHasSixteenBits() {
    assertThrows(IllegalArgumentException.class, () -> Resolver.resolve("localhost", 65536));
    assertThrows(IllegalArgumentException.class, () -> Resolver.resolve("localhost", -1));
  }
}
