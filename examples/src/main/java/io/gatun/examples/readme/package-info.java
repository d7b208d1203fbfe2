/** The programs that the README shows. */
@NullMarked
package io.gatun.examples.readme;

import org.jspecify.annotations.NullMarked;
