package io.headwater.net;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where certificates are: PEM files.
 *
 * @param certificate the own one first, then those up to the authority
 * @param key its private key, PKCS #8 without a password
 * @param authority who signed the peers' certificates; if it is there, peers must have one
 */
public record TlsFiles(Path certificate, Path key, Optional<Path> authority) {}
