package io.headwater.api;

import java.util.List;

/** The metrics page, and what is changed while the node runs. */
final class OperationsRoutes {
    private final Operations operations;

    OperationsRoutes(Operations operations) {
        this.operations = operations;
    }

    List<Route> routes() {
        return List.of(Route.getNow("/metrics", call -> Answer.ok(operations.metrics())));
    }
}
