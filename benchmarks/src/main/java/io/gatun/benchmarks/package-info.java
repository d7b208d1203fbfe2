/**
 * What Gatun costs: JMH benchmarks of sockets, the CPU time of echo servers compared, and the
 * system calls they make. {@link io.gatun.benchmarks.Benchmarks} starts all of them.
 */
@NullMarked
package io.gatun.benchmarks;

import org.jspecify.annotations.NullMarked;
