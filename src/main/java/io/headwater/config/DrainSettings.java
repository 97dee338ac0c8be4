package io.headwater.config;

import java.time.Duration;

/**
 * How this node is taken out of service.
 *
 * @param within what is left after so long is ended
 * @param redirect whether clients that can be asked to reconnect are told which node to go to; if not, they come back to
 *     where they connected, which then has to be a load balancer
 */
public record DrainSettings(Duration within, boolean redirect) {}
