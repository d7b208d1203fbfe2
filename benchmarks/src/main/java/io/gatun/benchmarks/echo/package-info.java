/** Echo servers on one event loop each, to be compared: one main class a contender. */
@NullMarked
package io.gatun.benchmarks.echo;

import org.jspecify.annotations.NullMarked;
