package io.headwater.cluster;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS between those who know one secret: both sides show the key that follows from it and prove that they have its
 * private half, which signs what both said at random. Nothing is sent that could be said again.
 */
final class SecretTls implements ClusterTls.Engines {
    private final SSLContext context;

    SecretTls(SecretIdentity identity) {
        try {
            context = SSLContext.getInstance("TLSv1.3");
            context.init(
                    new KeyManager[] {new OwnKey(identity)},
                    new TrustManager[] {new SameKey(identity)},
                    new SecureRandom());
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("this Java cannot speak TLS 1.3", broken);
        }
    }

    @Override
    public SSLEngine serverEngine() {
        SSLEngine engine = engine();
        engine.setUseClientMode(false);
        engine.setNeedClientAuth(true);
        return engine;
    }

    @Override
    public SSLEngine clientEngine() {
        SSLEngine engine = engine();
        engine.setUseClientMode(true);
        return engine;
    }

    private SSLEngine engine() {
        SSLEngine engine = context.createSSLEngine();
        // before 1.3 a certificate is sent in clear
        engine.setEnabledProtocols(new String[] {"TLSv1.3"});
        return engine;
    }

    private static final class OwnKey extends X509ExtendedKeyManager {
        private static final String ALIAS = "secret";
        private final SecretIdentity identity;

        OwnKey(SecretIdentity identity) {
            this.identity = identity;
        }

        private static @Nullable String alias(String keyType) {
            return keyType.equals("EdDSA") || keyType.equals("Ed25519") ? ALIAS : null;
        }

        private static @Nullable String alias(String... keyTypes) {
            for (String keyType : keyTypes) {
                if (alias(keyType) != null) {
                    return ALIAS;
                }
            }
            return null;
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return alias(keyTypes);
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return new String[] {ALIAS};
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return alias(keyType);
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return alias(keyTypes);
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return alias(keyType);
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {identity.certificate()};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return identity.keys().getPrivate();
        }
    }

    /** Believes the one key, whatever a certificate says around it. */
    private static final class SameKey extends X509ExtendedTrustManager {
        private final SecretIdentity identity;

        SameKey(SecretIdentity identity) {
            this.identity = identity;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            if (chain.length != 1
                    || !chain[0].getPublicKey().equals(identity.keys().getPublic())) {
                throw new CertificateException("it has another secret");
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
