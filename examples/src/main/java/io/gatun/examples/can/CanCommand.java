package io.gatun.examples.can;

import io.gatun.address.CanAddress;
import io.gatun.address.Protocol;
import io.gatun.address.SocketType;
import io.gatun.channel.Bootstrap;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelInitializer;
import io.gatun.channel.EventLoop;
import io.gatun.channel.EventLoopGroup;
import io.gatun.codec.can.channel.CanFrameHandler;
import io.gatun.codec.can.channel.CanFrameHandler.Option;
import io.gatun.codec.can.channel.CanSendQueue;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What the programs share: a channel on a bus, until they are done. */
abstract class CanCommand implements Callable<Integer> {
  private static final int CAN_RAW = 1;

  /** Opens a channel on a bus. */
  interface Opening {
    Future<Channel> open(EventLoop loop, ChannelInitializer handlers) throws Exception;
  }

  @Parameters(paramLabel = "BUS", index = "0", description = "The interface, such as can0.")
  String bus = "";

  @Spec CommandSpec spec;

  /** Tests put a virtual bus here. */
  Opening opening =
      (loop, handlers) ->
          new Bootstrap(loop)
              .type(SocketType.RAW, new Protocol(CAN_RAW))
              .handler(handlers)
              .bind(CanAddress.raw(bus));

  /** What it does with the channel; completes the promise when it is done. */
  abstract ChannelHandler work(Promise<Void> done, PrintWriter out) throws Exception;

  @Override
  public final Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    try (EventLoopGroup group = EventLoopGroup.builder().loops(1).build()) {
      EventLoop loop = group.next();
      Promise<Void> done = loop.newPromise();
      ChannelHandler work = work(done, out);
      Channel channel =
          opening
              .open(
                  loop,
                  opened ->
                      opened
                          .pipeline()
                          .addLast(
                              new CanFrameHandler(Option.FD, Option.ERRORS, Option.TIMESTAMPS),
                              CanSendQueue.builder().capacity(Integer.MAX_VALUE / 2).build(),
                              work))
              .sync()
              .getNow();
      channel.closeFuture().addListener(closed -> done.trySuccess(null));
      while (!done.await(1, TimeUnit.SECONDS)) {
        out.flush();
      }
      done.sync(); // what failed is told
      channel.close().sync();
    }
    out.flush();
    return CommandLine.ExitCode.OK;
  }
}
