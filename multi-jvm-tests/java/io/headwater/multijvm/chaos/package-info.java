/**
 * Breaks a running cluster and looks at every frame its viewers get: {@code scripts/chaos} and the tests of failover. Read
 * {@link io.headwater.multijvm.chaos.Row} first, then {@link io.headwater.multijvm.chaos.Round}.
 */
package io.headwater.multijvm.chaos;
