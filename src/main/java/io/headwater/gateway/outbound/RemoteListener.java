package io.headwater.gateway.outbound;

/** Hears what becomes of a connection to another server. Called on the connection's event loop. */
public interface RemoteListener {
    /** Media flows, or may flow. */
    void started();

    /** It is over, from whichever side; once, and last. */
    void ended(String why);
}
