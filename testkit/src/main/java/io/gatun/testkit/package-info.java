/** Every behaviour that a channel and a socket must show. */
@NullMarked
package io.gatun.testkit;

import org.jspecify.annotations.NullMarked;
