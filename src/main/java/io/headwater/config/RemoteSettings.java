package io.headwater.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Connections this node makes to other servers; see {@code headwater.remote} in {@code reference.conf}.
 *
 * @param maxConnections at once
 * @param retryMax the longest pause before one that failed is tried again
 * @param authority a PEM file of authorities that may have signed other servers' certificates, besides those of the runtime
 */
public record RemoteSettings(int maxConnections, Duration retryMax, Optional<Path> authority) {}
