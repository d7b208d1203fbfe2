package io.gatun;

import io.gatun.channel.EventLoop;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.concurrent.Future;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;

/** A program of the tests in a process of its own, on the class path. */
public final class ChildJvm {
  private ChildJvm() {}

  /** Returns the command that runs a class's main method, with more options of the JVM. */
  public static List<String> command(Class<?> main, String... options) {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", classPath(main)));
    command.addAll(List.of(options));
    command.add(main.getName());
    return command;
  }

  /** Where the classes come from, be it the class path, the module path or neither. */
  private static String classPath(Class<?> main) {
    return Stream.of(
            main,
            EventLoop.class,
            ByteBufUtil.class,
            Future.class,
            MessagePassingQueue.class,
            MpscUnboundedVarHandleArrayQueue.class)
        .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }
}
