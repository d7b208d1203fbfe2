package io.gatun.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What Jazzer calls, by the names of these methods; and the program that says what there is. */
public final class Fuzz {
  private static Target target = Target.SOCKADDR;

  private Fuzz() {}

  /** Jazzer begins: {@code --target_args} has the target's name. */
  public static void fuzzerInitialize(String[] args) {
    target = Target.of(args[0]);
  }

  /** Jazzer has some bytes. */
  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    target.decode(data);
  }

  /**
   * Prints the targets; or with a folder, and perhaps a target, writes the seeds of each into a
   * folder of its name there.
   */
  public static void main(String[] args) throws IOException {
    List<Target> targets = args.length < 2 ? List.of(Target.values()) : List.of(Target.of(args[1]));
    for (Target each : targets) {
      System.out.println(each);
      if (args.length > 0) {
        Path folder = Files.createDirectories(Path.of(args[0], each.toString()));
        List<byte[]> seeds = each.seeds();
        for (int i = 0; i < seeds.size(); i++) {
          Files.write(folder.resolve("seed-" + i), seeds.get(i));
        }
      }
    }
  }
}
