/**
 * DBC: the text files in which Vector's tools keep what the frames of a CAN bus mean, read into
 * records.
 *
 * <pre>{@code
 * DbcDatabase dbc = DbcDatabase.read(Files.newInputStream(path));
 * DbcMessage message = dbc.message(frame.id());
 * for (DbcValue value : message.decode(frame.data())) {
 *   System.out.println(value); // EngineSpeed: 2100.5 rpm
 * }
 *
 * // Of every frame of a busy bus, without garbage:
 * DbcSignal speed = message.signal("EngineSpeed");
 * double rpm = speed.value(buf, view.dataIndex());
 * }</pre>
 *
 * <p>All records are immutable, and any thread may use them.
 *
 * @serial exclude
 */
@NullMarked
package io.gatun.codec.can.dbc;

import org.jspecify.annotations.NullMarked;
