/**
 * The only foreign calls of this module: the system's socket calls ({@link io.gatun.os.Kernel}),
 * its error numbers ({@link io.gatun.os.Errno}) and what it means by its names ({@link
 * io.gatun.os.Abi}).
 */
@NullMarked
package io.gatun.os;

import org.jspecify.annotations.NullMarked;
