/**
 * Logs of CAN frames, read and written one entry at a time: candump's, Vector's ASC, python-can's
 * CSV, and pcap.
 *
 * <pre>{@code
 * try (CanLogReader reader = CanLogFormat.ASC.reader(in);
 *     CanLogWriter writer = CanLogFormat.CANDUMP.writer(out)) {
 *   for (CanLogEntry entry = reader.read(); entry != null; entry = reader.read()) {
 *     writer.write(entry);
 *   }
 * }
 * }</pre>
 *
 * @serial exclude
 */
@NullMarked
package io.gatun.codec.can.log;

import org.jspecify.annotations.NullMarked;
