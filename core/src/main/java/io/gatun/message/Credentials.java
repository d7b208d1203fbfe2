package io.gatun.message;

/**
 * Who sent a message: SCM_CREDENTIALS of unix(7), asked for by SO_PASSCRED.
 *
 * @param process the process
 * @param user the user id, unsigned
 * @param group the group id, unsigned
 */
public record Credentials(int process, int user, int group) {}
