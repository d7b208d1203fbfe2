/** The {@code gatun} command, and what its programs share. */
@NullMarked
package io.gatun.examples;

import org.jspecify.annotations.NullMarked;
