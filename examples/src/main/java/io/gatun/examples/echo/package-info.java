/** {@code ./gatun echo-server} and {@code ./gatun echo-client}, after Python's documentation. */
@NullMarked
package io.gatun.examples.echo;

import org.jspecify.annotations.NullMarked;
