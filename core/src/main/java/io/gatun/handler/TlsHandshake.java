package io.gatun.handler;

import javax.net.ssl.SSLSession;

/**
 * A user event: the handshake is done.
 *
 * @param session with the peer's certificates, the protocol's version and the cipher suite
 * @param protocol what ALPN (RFC 7301) has chosen, or an empty string
 */
public record TlsHandshake(SSLSession session, String protocol) {}
