package io.headwater.config;

import java.time.Duration;

/**
 * Connections this node makes to other servers; see {@code headwater.remote} in {@code reference.conf}.
 *
 * @param maxConnections at once
 * @param retryMax the longest pause before one that failed is tried again
 */
public record RemoteSettings(int maxConnections, Duration retryMax) {}
