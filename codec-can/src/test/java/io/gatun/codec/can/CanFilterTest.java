package io.gatun.codec.can;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Filters let through what the kernel's would, and few are made of many identifiers. */
final class CanFilterTest {
  private static Set<CanId> standard(int... ids) {
    return IntStream.of(ids).mapToObj(CanId::standard).collect(Collectors.toSet());
  }

  private static Set<CanId> passed(List<CanFilter> filters) {
    Set<CanId> passed = new HashSet<>();
    for (int id = 0; id <= CanId.MAX_STANDARD; id++) {
      if (CanFilter.matches(filters, false, id)) {
        passed.add(CanId.standard(id));
      }
    }
    return passed;
  }

  @Test
  void anExactFilterLetsDataFramesOfOneIdentifierThrough() {
    CanFilter filter = CanFilter.exact(CanId.standard(0x123));
    assertTrue(filter.matches(0x123));
    assertFalse(filter.matches(0x122));
    assertFalse(filter.matches(0x123 | Layout.RTR));
    assertFalse(filter.matches(0x123 | Layout.EFF));
    assertFalse(filter.matches(0x123 | Layout.ERR));
    assertEquals("123:C00007FF", filter.toString());
    CanFilter extended = CanFilter.exact(CanId.extended(0x123));
    assertTrue(extended.matches(0x123 | Layout.EFF));
    assertFalse(extended.matches(0x123));
    assertFalse(extended.matches(0x10000123 | Layout.EFF));
  }

  @Test
  void filtersAreCombinedAsTheKernelDoes() {
    CanFilter low = new CanFilter(0, 0x700, false);
    CanFilter notOne = new CanFilter(1, 0x7ff, true);
    List<CanFilter> both = List.of(low, notOne);
    assertTrue(CanFilter.matches(both, false, 1), "one of both");
    assertFalse(CanFilter.matches(both, true, 1), "not all");
    assertTrue(CanFilter.matches(both, true, 2));
    assertFalse(CanFilter.matches(List.of(), false, 1));
    assertFalse(CanFilter.matches(List.of(), true, 1));
    assertTrue(CanFilter.ALL.matches(0x7ff | Layout.RTR));
    assertFalse(notOne.matches(2 | Layout.ERR), "an error passes no filter");
  }

  @Test
  void errorsPassTheirOwnFilter() {
    CanFilter errors = new CanFilter(0, Layout.ERR | 0x40, false);
    assertTrue(errors.matches(Layout.ERR | 0x41));
    assertFalse(errors.matches(Layout.ERR | 0x01));
    assertFalse(errors.matches(0x40));
  }

  /** The kernel takes the upper bits out of a mask that asks for standard frames. */
  @Test
  void theMaskOfStandardFramesHas11Bits() {
    CanFilter filter = new CanFilter(0x10123, Layout.EFF | CanId.MAX_EXTENDED, false);
    assertTrue(filter.matches(0x123));
  }

  @Test
  void filtersComeBackFromTheirBytes() {
    ByteBuf buf = Unpooled.buffer();
    List<CanFilter> filters =
        List.of(
            CanFilter.exact(CanId.extended(0x12345678)),
            new CanFilter(0x123, 0x7ff, true),
            CanFilter.ALL);
    CanFilter.encode(filters, buf);
    assertEquals(24, buf.readableBytes());
    assertEquals(0x2000_0123, Layout.getInt(buf, 8));
    assertEquals(filters, CanFilter.decode(buf));
    buf.writeZero(7);
    assertThrows(CanFormatException.class, () -> CanFilter.decode(buf));
    assertThrows(
        IllegalArgumentException.class,
        () -> CanFilter.encode(Collections.nCopies(513, CanFilter.ALL), buf));
    assertThrows(IllegalArgumentException.class, () -> new CanFilter(Layout.ERR, 0, false));
  }

  @Test
  void blocksOfIdentifiersAreOneFilter() {
    assertEquals(1, CanFilter.covering(standard(IntStream.range(0x100, 0x200).toArray())).size());
    assertEquals(1, CanFilter.covering(standard(IntStream.range(0, 0x800).toArray())).size());
    assertEquals(2, CanFilter.covering(standard(0x10, 0x11, 0x12, 0x13, 0x14)).size());
    assertEquals(List.of(), CanFilter.covering(List.of()));
    List<CanId> both = List.of(CanId.standard(5), CanId.extended(5), CanId.extended(7));
    assertEquals(2, CanFilter.covering(both).size());
  }

  @Test
  void whatIsWantedPassesAndNothingElse() {
    Random random = new Random(6);
    for (int round = 0; round < 40; round++) {
      int span = 1 << random.nextInt(3, 12);
      Set<CanId> wanted = new HashSet<>();
      for (int i = random.nextInt(span); i >= 0; i--) {
        wanted.add(CanId.standard(random.nextInt(span)));
      }
      List<CanFilter> filters = CanFilter.covering(wanted);
      assertEquals(wanted, passed(filters));
      assertTrue(filters.size() <= wanted.size());
      Set<CanFilter> needed = new HashSet<>();
      for (CanId id : wanted) {
        List<CanFilter> by = filters.stream().filter(f -> f.matches(id.raw())).toList();
        if (by.size() == 1) {
          needed.add(by.getFirst());
        }
      }
      assertEquals(Set.copyOf(filters), needed, "a filter can be left out");
      for (int most : new int[] {2, 5, 20}) {
        List<CanFilter> wide = CanFilter.covering(wanted, most);
        assertTrue(wide.size() <= most);
        assertTrue(passed(wide).containsAll(wanted));
      }
    }
  }

  /** All sets of 16 identifiers' subsets at random, against the smallest cover there is. */
  @Test
  void theCoverIsTheSmallestOrOneMore() {
    Random random = new Random(7);
    int same = 0;
    int rounds = 300;
    for (int round = 0; round < rounds; round++) {
      int set = random.nextInt(1, 1 << 16);
      Set<CanId> wanted =
          IntStream.range(0, 16)
              .filter(i -> (set >>> i & 1) != 0)
              .mapToObj(CanId::standard)
              .collect(Collectors.toSet());
      int found = CanFilter.covering(wanted).size();
      int least = smallest(set);
      assertTrue(found <= least + 1, found + " filters, " + least + " would do");
      same += found == least ? 1 : 0;
    }
    assertTrue(same > rounds * 9 / 10, same + " of " + rounds);
  }

  /** Tries covers of 1, 2, 3 … of all cubes within a set of 4-bit numbers. */
  private static int smallest(int set) {
    List<Integer> cubes = new ArrayList<>();
    for (int free = 0; free < 16; free++) {
      for (int value = 0; value < 16; value++) {
        if ((value & free) == 0) {
          int members = 0;
          for (int id = 0; id < 16; id++) {
            members |= (id & ~free) == value ? 1 << id : 0;
          }
          if ((members & ~set) == 0) {
            cubes.add(members);
          }
        }
      }
    }
    int most = 0;
    while (!covers(cubes, set, most)) {
      most++;
    }
    return most;
  }

  private static boolean covers(List<Integer> cubes, int left, int most) {
    if (left == 0 || most == 0) {
      return left == 0;
    }
    int first = Integer.lowestOneBit(left);
    return cubes.stream()
        .anyMatch(cube -> (cube & first) != 0 && covers(cubes, left & ~cube, most - 1));
  }
}
