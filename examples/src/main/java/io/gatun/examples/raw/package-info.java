/** The programs of Python's socket documentation that read the wire itself. */
@NullMarked
package io.gatun.examples.raw;

import org.jspecify.annotations.NullMarked;
