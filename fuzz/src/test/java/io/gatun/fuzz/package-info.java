/**
 * Decoders that meet bytes from outside, each given any bytes. {@link io.gatun.fuzz.Target} has
 * them; Jazzer runs them by {@link io.gatun.fuzz.Fuzz}, and {@link io.gatun.fuzz.TargetsTest}
 * without it.
 */
@NullMarked
package io.gatun.fuzz;

import org.jspecify.annotations.NullMarked;
