/** Programs and libraries of others that cannot be changed, over Gatun. */
@NullMarked
package io.gatun.conformance;

import org.jspecify.annotations.NullMarked;
