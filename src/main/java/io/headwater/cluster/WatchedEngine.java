package io.headwater.cluster;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BiFunction;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** An engine that tells how its handshake ended: remoting itself keeps that for its log of debugging. */
final class WatchedEngine extends SSLEngine {
    /** The content type of a record that begins a handshake: RFC 8446, 5.1. */
    private static final int HANDSHAKE = 22;

    /** Told once, by whatever thread drives the engine. */
    interface Watcher {
        /** Both sides have proven what they have to. */
        void proven();

        /** The other side left without a word, as probes of load balancers do. */
        void left();

        /** @param spokeTls whether what came began as TLS does */
        void failed(SSLException cause, boolean spokeTls);
    }

    private final SSLEngine engine;
    private final Watcher watcher;
    private boolean over;
    private boolean heard;
    private boolean spokeTls;

    WatchedEngine(SSLEngine engine, Watcher watcher) {
        this.engine = engine;
        this.watcher = watcher;
    }

    private interface Work<T> {
        T run() throws SSLException;
    }

    private <T> T watched(Work<T> work) throws SSLException {
        try {
            return work.run();
        } catch (SSLException refused) {
            if (!over) {
                over = true;
                if (heard) {
                    watcher.failed(refused, spokeTls);
                } else {
                    watcher.left();
                }
            }
            throw refused;
        }
    }

    private SSLEngineResult passed(SSLEngineResult result) {
        if (!over && result.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.FINISHED) {
            over = true;
            watcher.proven();
        }
        return result;
    }

    @Override
    public SSLEngineResult wrap(ByteBuffer[] from, int offset, int length, ByteBuffer to) throws SSLException {
        return passed(watched(() -> engine.wrap(from, offset, length, to)));
    }

    @Override
    public SSLEngineResult unwrap(ByteBuffer from, ByteBuffer[] to, int offset, int length) throws SSLException {
        if (!heard && from.hasRemaining()) {
            heard = true;
            spokeTls = from.get(from.position()) == HANDSHAKE;
        }
        return passed(watched(() -> engine.unwrap(from, to, offset, length)));
    }

    @Override
    public void closeInbound() throws SSLException {
        watched(() -> {
            engine.closeInbound();
            return this;
        });
    }

    @Override
    public @Nullable Runnable getDelegatedTask() {
        return engine.getDelegatedTask();
    }

    @Override
    public boolean isInboundDone() {
        return engine.isInboundDone();
    }

    @Override
    public void closeOutbound() {
        engine.closeOutbound();
    }

    @Override
    public boolean isOutboundDone() {
        return engine.isOutboundDone();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return engine.getSupportedCipherSuites();
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return engine.getEnabledCipherSuites();
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        engine.setEnabledCipherSuites(suites);
    }

    @Override
    public String[] getSupportedProtocols() {
        return engine.getSupportedProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return engine.getEnabledProtocols();
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        engine.setEnabledProtocols(protocols);
    }

    @Override
    public SSLSession getSession() {
        return engine.getSession();
    }

    @Override
    public @Nullable SSLSession getHandshakeSession() {
        return engine.getHandshakeSession();
    }

    @Override
    public void beginHandshake() throws SSLException {
        engine.beginHandshake();
    }

    @Override
    public SSLEngineResult.HandshakeStatus getHandshakeStatus() {
        return engine.getHandshakeStatus();
    }

    @Override
    public void setUseClientMode(boolean mode) {
        engine.setUseClientMode(mode);
    }

    @Override
    public boolean getUseClientMode() {
        return engine.getUseClientMode();
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        engine.setNeedClientAuth(need);
    }

    @Override
    public boolean getNeedClientAuth() {
        return engine.getNeedClientAuth();
    }

    @Override
    public void setWantClientAuth(boolean want) {
        engine.setWantClientAuth(want);
    }

    @Override
    public boolean getWantClientAuth() {
        return engine.getWantClientAuth();
    }

    @Override
    public void setEnableSessionCreation(boolean flag) {
        engine.setEnableSessionCreation(flag);
    }

    @Override
    public boolean getEnableSessionCreation() {
        return engine.getEnableSessionCreation();
    }

    @Override
    public SSLParameters getSSLParameters() {
        return engine.getSSLParameters();
    }

    @Override
    public void setSSLParameters(SSLParameters parameters) {
        engine.setSSLParameters(parameters);
    }

    @Override
    public String getApplicationProtocol() {
        return engine.getApplicationProtocol();
    }

    @Override
    public String getHandshakeApplicationProtocol() {
        return engine.getHandshakeApplicationProtocol();
    }

    @Override
    public void setHandshakeApplicationProtocolSelector(BiFunction<SSLEngine, List<String>, String> selector) {
        engine.setHandshakeApplicationProtocolSelector(selector);
    }
}
