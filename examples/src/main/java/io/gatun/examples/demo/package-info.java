/** {@code ./gatun demo}: an echo server under load, every byte checked. */
@NullMarked
package io.gatun.examples.demo;

import org.jspecify.annotations.NullMarked;
