package io.headwater.multijvm.chaos;

/**
 * One kind of fault: what is done to the cluster, and what its viewers may notice of it.
 *
 * @param name as {@code --only} takes it
 * @param event what happens, in a few words
 * @param script one round: leaves the cluster whole, or to be {@linkplain ChaosCluster#repair repaired}
 */
record Row(String name, String event, Limits limits, Script script) {
    interface Script {
        void play(Round round) throws InterruptedException;
    }
}
