package io.gatun.examples.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gatun.address.Address;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import io.gatun.channel.ChannelHandlerContext;
import io.gatun.handler.Closing;
import io.gatun.handler.DelimiterDecoder;
import io.gatun.handler.FrameException;
import io.netty.buffer.ByteBuf;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code ./gatun chat}: everybody reads what anybody writes. */
@Command(
    name = "chat",
    header = "Tell everybody each line that anybody writes; for telnet or nc.",
    description = {
      "",
      "The first line of a client is its name; \"/quit\" ends. A line may have 1024 bytes. Who does"
          + " not read what the others write is dropped.",
      "",
      "It prints \"listening on ADDRESS\" once clients can connect, and ends with SIGINT (Ctrl-C)"
          + " or SIGTERM.",
      ""
    },
    mixinStandardHelpOptions = true)
public final class ChatServer extends ServerCommand {
  private static final int MAX_LINE = 1024;

  @Parameters(
      paramLabel = "ADDRESS",
      arity = "0..1",
      converter = Place.class,
      defaultValue = "localhost:8023",
      description = "HOST:PORT, PORT or unix:PATH to listen at. Default: ${DEFAULT-VALUE}.")
  Address address;

  /** All who have a name. */
  private final Set<Channel> members = ConcurrentHashMap.newKeySet();

  /** Called by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  public ChatServer() {}

  @Override
  Address address() {
    return address;
  }

  @Override
  void initialize(Channel channel) {
    channel.pipeline().addLast(DelimiterDecoder.ofLines(MAX_LINE), new Member());
  }

  private void tellAll(String line) {
    for (Channel member : members) {
      if (member.isWritable()) {
        tell(member, line);
      } else {
        member.close(); // its lines would fill the memory
      }
    }
  }

  private static void tell(Channel member, String line) {
    byte[] bytes = (line + "\n").getBytes(UTF_8);
    member.writeAndFlush(member.alloc().directBuffer(bytes.length).writeBytes(bytes), null);
  }

  /** One client. */
  private final class Member implements ChannelHandler {
    private String name = "";

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      tell(ctx.channel(), "Your name?");
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      String line = bytes.toString(UTF_8).strip();
      bytes.release();
      if (line.equals("/quit")) {
        Closing.whenSent(ctx.channel());
      } else if (name.isEmpty()) {
        name = line;
        if (!name.isEmpty()) {
          members.add(ctx.channel());
          tellAll(name + " is here");
        }
      } else if (!line.isEmpty()) {
        tellAll(name + ": " + line);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (members.remove(ctx.channel())) {
        tellAll(name + " has left");
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (cause instanceof FrameException) {
        tell(ctx.channel(), String.valueOf(cause.getMessage()));
        Closing.whenSent(ctx.channel());
      } else {
        ctx.fireExceptionCaught(cause);
      }
    }
  }
}
