/**
 * The socket families of Linux that most machines lack, or let nobody use: {@code ./gatun test
 * guest} runs these tests on a kernel that has all of them.
 */
@org.jspecify.annotations.NullMarked
package io.gatun.family;
