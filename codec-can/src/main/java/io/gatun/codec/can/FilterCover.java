package io.gatun.codec.can;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds few filters that let a set of identifiers through. A filter is a cube: a value, and bits
 * that may be anything. From each identifier that is not covered yet a cube grows, bit by bit, for
 * as long as all of it is wanted; then cubes that the others cover are left out.
 */
final class FilterCover {
  /**
   * Identifiers that agree in the bits which are not free.
   *
   * @param value 0 in the free bits
   * @param free the free bits
   */
  private record Cube(int value, int free) {
    long size() {
      return 1L << Integer.bitCount(free);
    }

    /** The least cube that has both. */
    Cube join(Cube other) {
      int anything = free | other.free | (value ^ other.value);
      return new Cube(value & ~anything, anything);
    }
  }

  private static final int MOST_ORDERS = 40;

  /** So many identifiers are looked at in all orders together. */
  private static final int LARGE = 4000;

  private final boolean extended;
  private final int bits;
  private final Set<Integer> wanted = new HashSet<>();

  private FilterCover(Collection<CanId> ids, boolean extended) {
    this.extended = extended;
    this.bits = extended ? 29 : 11;
    for (CanId id : ids) {
      if (id.isExtended() == extended) {
        wanted.add(id.value());
      }
    }
  }

  static List<CanFilter> exact(Collection<CanId> ids) {
    List<CanFilter> filters = new ArrayList<>();
    for (boolean extended : new boolean[] {false, true}) {
      FilterCover cover = new FilterCover(ids, extended);
      cover.addTo(filters, cover.cubes());
    }
    return List.copyOf(filters);
  }

  static List<CanFilter> widened(Collection<CanId> ids, int most) {
    FilterCover[] covers = {new FilterCover(ids, false), new FilterCover(ids, true)};
    List<List<Cube>> cubes = List.of(covers[0].cubes(), covers[1].cubes());
    // A standard and an extended identifier have no filter in common, and each kind keeps one.
    int standard = cubes.get(0).size();
    int room = standard == 0 || cubes.get(1).isEmpty() ? most : most - 1;
    join(cubes.get(0), Math.min(standard, Math.max(1, room - cubes.get(1).size())));
    join(cubes.get(1), most - cubes.get(0).size());
    List<CanFilter> filters = new ArrayList<>();
    covers[0].addTo(filters, cubes.get(0));
    covers[1].addTo(filters, cubes.get(1));
    return List.copyOf(filters);
  }

  /**
   * Joins those two cubes whose join lets the fewest others through, until there are few enough.
   * Each cube remembers its best partner among those before it, so that a join costs comparisons of
   * the new cube alone, and of those that lost their partner.
   */
  private static void join(List<Cube> cubes, int most) {
    int[] partners = new int[cubes.size()];
    long[] costs = new long[cubes.size()];
    boolean[] gone = new boolean[cubes.size()];
    for (int i = 0; i < partners.length; i++) {
      findPartner(cubes, gone, i, partners, costs);
    }
    for (int left = cubes.size(); left > most; left--) {
      int best = -1;
      for (int i = 0; i < partners.length; i++) {
        if (!gone[i] && partners[i] >= 0 && (best < 0 || costs[i] < costs[best])) {
          best = i;
        }
      }
      int with = partners[best];
      cubes.set(best, cubes.get(best).join(cubes.get(with)));
      gone[with] = true;
      for (int i = 0; i < partners.length; i++) {
        if (!gone[i] && (i == best || partners[i] == with || partners[i] == best)) {
          findPartner(cubes, gone, i, partners, costs);
        } else if (!gone[i] && i > best && cost(cubes, i, best) < costs[i]) {
          partners[i] = best;
          costs[i] = cost(cubes, i, best);
        }
      }
    }
    List<Cube> left = new ArrayList<>();
    for (int i = 0; i < gone.length; i++) {
      if (!gone[i]) {
        left.add(cubes.get(i));
      }
    }
    cubes.clear();
    cubes.addAll(left);
  }

  private static void findPartner(
      List<Cube> cubes, boolean[] gone, int i, int[] partners, long[] costs) {
    partners[i] = -1;
    costs[i] = Long.MAX_VALUE;
    for (int j = 0; j < i; j++) {
      if (!gone[j] && cost(cubes, i, j) < costs[i]) {
        partners[i] = j;
        costs[i] = cost(cubes, i, j);
      }
    }
  }

  /** How many more identifiers a join lets through than its two cubes do. */
  private static long cost(List<Cube> cubes, int i, int j) {
    Cube left = cubes.get(i);
    Cube right = cubes.get(j);
    return left.join(right).size() - left.size() - right.size();
  }

  private void addTo(List<CanFilter> filters, List<Cube> cubes) {
    int full = CanFilter.fullMask(extended);
    for (Cube cube : cubes) {
      int id = extended ? cube.value | Layout.EFF : cube.value;
      filters.add(new CanFilter(id, full & ~cube.free, false));
    }
  }

  private List<Cube> cubes() {
    List<Integer> seeds = new ArrayList<>(new TreeSet<>(wanted));
    // Identifiers with few wanted neighbours have the least choice: the cubes of others may take
    // them along, theirs hardly another's.
    seeds.sort(Comparator.comparingInt(id -> neighbours(id).size()));
    List<Cube> best = cubes(seeds);
    // Where that order was unlucky, another may do better; each time the same ones are tried.
    Random random = new Random(0);
    for (int i = Math.min(MOST_ORDERS, LARGE / Math.max(1, seeds.size())); i > 0; i--) {
      Collections.shuffle(seeds, random);
      List<Cube> cubes = cubes(seeds);
      if (cubes.size() < best.size()) {
        best = cubes;
      }
    }
    return best;
  }

  private List<Cube> cubes(List<Integer> seeds) {
    Map<Integer, Integer> covered = new HashMap<>();
    List<Cube> cubes = new ArrayList<>();
    for (int seed : seeds) {
      if (!covered.containsKey(seed)) {
        Cube cube = grow(seed, covered);
        cubes.add(cube);
        members(cube).forEach(id -> covered.merge(id, 1, Integer::sum));
      }
    }
    cubes.removeIf(cube -> {
      List<Integer> members = members(cube);
      boolean spare = members.stream().allMatch(id -> covered.getOrDefault(id, 0) > 1);
      if (spare) {
        members.forEach(id -> covered.merge(id, -1, Integer::sum));
      }
      return spare;
    });
    return cubes;
  }

  /** The bits that lead from an identifier to another one that is wanted. */
  private List<Integer> neighbours(int id) {
    List<Integer> found = new ArrayList<>();
    for (int bit = 0; bit < bits; bit++) {
      if (wanted.contains(id ^ 1 << bit)) {
        found.add(1 << bit);
      }
    }
    return found;
  }

  /**
   * Frees the bits of an identifier, each time the one that brings the most that is not covered.
   */
  private Cube grow(int seed, Map<Integer, Integer> covered) {
    Cube cube = new Cube(seed, 0);
    List<Integer> candidates = neighbours(seed);
    while (true) {
      Cube best = cube;
      long most = -1;
      List<Integer> members = members(cube);
      for (int bit : candidates) {
        if ((cube.free & bit) == 0 && members.stream().allMatch(id -> wanted.contains(id ^ bit))) {
          long fresh = members.stream().filter(id -> !covered.containsKey(id ^ bit)).count();
          if (fresh > most) {
            most = fresh;
            best = new Cube(cube.value & ~bit, cube.free | bit);
          }
        }
      }
      if (most < 0) {
        return cube;
      }
      cube = best;
    }
  }

  /** All identifiers of a cube, which are wanted ones and so not too many. */
  private static List<Integer> members(Cube cube) {
    List<Integer> members = new ArrayList<>();
    // The subsets of the free bits, from all to none.
    int subset = cube.free;
    while (true) {
      members.add(cube.value | subset);
      if (subset == 0) {
        return members;
      }
      subset = (subset - 1) & cube.free;
    }
  }
}
