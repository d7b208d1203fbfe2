/**
 * Socket addresses of every family, their text and their bytes.
 *
 * <pre>{@code
 * Address server = Address.parse("[fe80::1%2]:80");
 * Address local = UnixAddress.path("/run/app.sock");
 * List<Address> found = Resolver.resolve("example.org", 443);
 * }</pre>
 *
 * <p>An {@link io.gatun.address.Address} is an immutable value that any thread may use. Its text is
 * exact: {@code toString} gives one canonical form, and {@link io.gatun.address.Address#parse}
 * reads it back. {@link io.gatun.address.Sockaddr} turns it into the kernel's {@code struct
 * sockaddr} and back; whatever a kernel returns becomes some address. Names become addresses only
 * in {@link io.gatun.address.Resolver}.
 *
 * @serial exclude
 */
@NullMarked
package io.gatun.address;

import org.jspecify.annotations.NullMarked;
