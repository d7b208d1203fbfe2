package io.gatun.examples.can;

import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.codec.can.CanFormatException;
import io.gatun.codec.can.CanFrame;
import io.netty.util.concurrent.Promise;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code ./gatun can-send}: sends frames. */
@Command(
    name = "can-send",
    header = "Send CAN frames: ./gatun can-send can0 123#CAFE 18DAF110# 123##1AABB 123#R",
    mixinStandardHelpOptions = true)
public final class CanSend extends CanCommand {
  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "FRAME",
      description = "As candump has it.")
  List<String> frames = List.of();

  /** Called by picocli. */
  public CanSend() {}

  @Override
  ChannelHandler work(Promise<Void> done, PrintWriter out) {
    List<CanFrame> parsed = new ArrayList<>();
    try {
      frames.forEach(text -> parsed.add(CanFrame.parse(text)));
    } catch (CanFormatException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    return new ChannelHandler() {
      @Override
      public void channelActive(ChannelHandlerContext ctx) {
        parsed.subList(0, parsed.size() - 1).forEach(frame -> ctx.write(frame, null));
        ctx.writeAndFlush(parsed.getLast(), done);
      }
    };
  }
}
