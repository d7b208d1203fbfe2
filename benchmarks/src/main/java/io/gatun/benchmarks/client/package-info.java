/** Clients that are compared, in processes of their own: one main class a comparison. */
@NullMarked
package io.gatun.benchmarks.client;

import org.jspecify.annotations.NullMarked;
