/** The completion ports of Windows. */
@NullMarked
package io.gatun.transport.iocp;

import org.jspecify.annotations.NullMarked;
