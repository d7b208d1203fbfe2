package io.gatun.examples.net;

import io.gatun.address.Address;
import io.gatun.channel.Channel;
import io.gatun.channel.ChannelHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ./gatun file-server}: the files of a folder by HTTP. */
@Command(
    name = "file-server",
    header = "Serve the files of a folder by HTTP.",
    description = {
      "",
      "GET and HEAD, and parts of files (Range). Nothing outside of the folder is served, nor what"
          + " a link leads out to; a folder itself only by its index.html.",
      "",
      "It prints \"listening on ADDRESS\" once clients can connect, and ends with SIGINT (Ctrl-C)"
          + " or SIGTERM.",
      ""
    },
    mixinStandardHelpOptions = true)
public final class FileServer extends ServerCommand {
  @Mixin RequestTimeout timeout;

  @Parameters(index = "0", paramLabel = "FOLDER", description = "What is served.")
  Path folder;

  @Parameters(
      index = "1",
      paramLabel = "ADDRESS",
      arity = "0..1",
      converter = Place.class,
      defaultValue = "localhost:8080",
      description = "HOST:PORT, PORT or unix:PATH to listen at. Default: ${DEFAULT-VALUE}.")
  Address address;

  /** To find and open a file blocks; to send it is sendfile(2)'s business on the loop. */
  private final ExecutorService openers = Executors.newVirtualThreadPerTaskExecutor();

  /** Called by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  public FileServer() {}

  @Override
  Address address() {
    return address;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    folder = folder.toRealPath();
    return super.call();
  }

  @Override
  void initialize(Channel channel) {
    timeout.addTo(channel.pipeline());
    channel
        .pipeline()
        .addLast(
            new HttpDecoder(timeout.value()), ChannelHandler.on(openers, new FileHandler(folder)));
  }
}
