package io.gatun.examples;

import io.gatun.transport.Transport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option that chooses a transport. */
public final class TransportOption {
  @Option(
      names = "--transport",
      paramLabel = "NAME",
      converter = Converter.class,
      description = "How event loops wait; \"gatun transports\" lists them. Default: the best.")
  @Nullable Transport transport;

  /** Called by picocli. */
  public TransportOption() {}

  /** Returns the transport that was chosen, or the best. */
  public Transport transport() {
    return transport == null ? Transport.best() : transport;
  }

  /** Returns whether the option was given. */
  public boolean isGiven() {
    return transport != null;
  }

  /** Finds a transport by its name. */
  static final class Converter implements ITypeConverter<Transport> {
    @Override
    public Transport convert(String name) {
      try {
        return Transport.named(name);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
