package io.headwater.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.headwater.api.ApiSettings;
import io.headwater.cluster.ClusterSettings;
import io.headwater.cluster.registry.RegistrySettings;
import io.headwater.gateway.httpflv.LiveHttpSettings;
import io.headwater.gateway.rtmp.RtmpSettings;
import io.headwater.relay.RelaySettings;
import io.headwater.stream.Directory.OnConflict;
import io.headwater.stream.HubSettings;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeConfigTest {
    @TempDir
    Path folder;

    private Home home;
    private Path conf;
    private Path red5;

    @BeforeEach
    void open() {
        home = Home.open(folder.resolve("home"));
        conf = folder.resolve("headwater.conf");
        red5 = folder.resolve("red5.properties");
    }

    @AfterEach
    void close() {
        home.close();
    }

    @Test
    void nothingConfiguredIsACompleteNodeInGroupDefault() {
        NodeConfig config = load(Map.of(), Map.of());
        assertEquals(new NodeGroup("default"), config.group().group());
        assertEquals(HubSettings.defaults(), config.hub());
        assertEquals(RtmpSettings.defaults(), config.rtmp());
        assertEquals(LiveHttpSettings.defaults(), config.live());
        assertEquals(RelaySettings.defaults().withBind("127.0.0.1", 5000), config.relay());
        assertEquals(
                ClusterSettings.defaults()
                        .at("127.0.0.1", "127.0.0.1", ClusterSettings.DEFAULT_PORT, List.of())
                        .keeping(new RegistrySettings(
                                Optional.of(home.folder().resolve("cluster-data")), 10_000, Duration.ofDays(30))),
                config.cluster());
        assertEquals(ApiSettings.defaults().port(), config.api().port());
        assertEquals(
                ApiSettings.defaults().protection().writeFrom().toString(),
                config.api().protection().writeFrom().toString());
        assertEquals("127.0.0.1", config.addresses().advertisedHost());
        assertEquals("127.0.0.1", config.addresses().clusterBindHost());
        assertEquals("0.0.0.0", config.addresses().bindHost());
        assertEquals(List.of(), config.warnings());
    }

    @Test
    void whatAReloadTakesOverAndWhatWaitsForTheNextStartIsTold() {
        NodeConfig before = load(Map.of(), Map.of());
        assertEquals(
                "nothing changed that can be taken over",
                Changes.between(before, load(Map.of(), Map.of())).toString());
        NodeConfig after = load(
                Map.of(),
                Map.of(
                        "headwater.drain.within", "7s",
                        "headwater.apps.default.park", "1s",
                        "headwater.overload.max-viewers", "9",
                        "headwater.webhooks.url", "http://127.0.0.1/x",
                        "headwater.rtmp.port", "1936"));
        assertEquals(
                "in force now: hub, drain, overload; at the next start only: rtmp, webhooks",
                Changes.between(before, after).toString());
    }

    @Test
    void theCommandLineWinsOverTheEnvironmentAndThatOverTheFile() throws Exception {
        Files.writeString(conf, "headwater { http.port = 1, hub { max-streams = 1, max-viewers = 1 } }");
        NodeConfig config = load(
                Map.of("HEADWATER_HUB_MAX_STREAMS", "2", "HEADWATER_HUB_MAX_VIEWERS", "2"),
                Map.of("headwater.hub.max-viewers", "3"));
        assertEquals(1, config.api().port());
        assertEquals(2, config.hub().maxStreams());
        assertEquals(3, config.hub().maxViewers());
    }

    @Test
    void listsComeFromCommasAndFromNumbers() throws Exception {
        Files.writeString(conf, "headwater.http.write-from = [\"10.0.0.0/8\"]");
        assertEquals("[10.0.0.0/8]", writeFrom(Map.of(), Map.of()));
        assertEquals(
                "[10.1.0.0/16, 10.2.0.0/16]",
                writeFrom(Map.of("HEADWATER_HTTP_WRITE_FROM", "10.1.0.0/16, 10.2.0.0/16"), Map.of()));
        assertEquals("[10.3.0.0/16]", writeFrom(Map.of(), Map.of("headwater.http.write-from", "10.3.0.0/16")));
        assertEquals(
                "[10.4.0.0/16, 10.5.0.0/16]",
                writeFrom(
                        Map.of(),
                        Map.of(
                                "headwater.http.write-from.1", "10.5.0.0/16",
                                "headwater.http.write-from.0", "10.4.0.0/16")));
    }

    private String writeFrom(Map<String, String> environment, Map<String, String> properties) {
        return load(environment, properties).api().protection().writeFrom().toString();
    }

    @Test
    void anApplicationChangesOneKeyAndKeepsTheOthersOfDefault() throws Exception {
        Files.writeString(conf, """
                headwater.apps {
                  default.linger = 3s
                  vip { on-conflict = reject, write-merge = 20ms, tcp-nodelay = off }
                }
                """);
        HubSettings hub = load(Map.of("HEADWATER_APPS_DEFAULT_PARK", "1s"), Map.of("headwater.apps.vip.park", "0s"))
                .hub();
        assertEquals(Duration.ofSeconds(3), hub.app("anything").linger());
        assertEquals(Duration.ofSeconds(1), hub.app("anything").park());
        assertEquals(OnConflict.TAKEOVER, hub.app("anything").onConflict());
        assertEquals(Duration.ofSeconds(3), hub.app("vip").linger());
        assertEquals(OnConflict.REJECT, hub.app("vip").onConflict());
        assertEquals(Duration.ofMillis(20), hub.app("vip").writeMerge());
        assertFalse(hub.app("vip").noDelay());
        assertTrue(hub.app("anything").noDelay());
        assertEquals(Duration.ZERO, hub.app("vip").park());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            headwater.http.port = 70000            | headwater.http.port is 70000 (CONF:1), expected a whole number between 0 and 65535
            headwater.http.port = -1               | headwater.http.port is -1 (CONF:1), expected a whole number between 0 and 65535
            headwater.http.port = 1.5              | headwater.http.port is 1.5 (CONF:1), expected a whole number
            headwater.http.port = abc              | headwater.http.port is 'abc' (CONF:1), expected a whole number
            headwater.http.port = null             | headwater.http.port is null (CONF:1), expected a whole number
            headwater.http.port = [1]              | headwater.http.port is [1] (CONF:1), expected a whole number
            headwater.http = 5                     | headwater.http is 5 (CONF:1), expected a section
            headwater.http.prot = 5080             | headwater.http.prot is not a known key, did you mean headwater.http.port? (CONF:1)
            headwater.seed-nodes = []              | headwater.seed-nodes is not a known key, did you mean headwater.cluster.seed-nodes?
            headwater.apps.vip.lingr = 1s          | headwater.apps.vip.lingr is not a known key, did you mean headwater.apps.vip.linger?
            headwater.apps.default.linger = 2h     | headwater.apps.default.linger is '2h' (CONF:1), expected a duration between 0s and 1h
            headwater.apps.vip.linger = soon       | headwater.apps.vip.linger is 'soon' (CONF:1), expected a duration between 0s and 1h
            headwater.apps.vip.on-conflict = maybe | headwater.apps.vip.on-conflict is 'maybe' (CONF:1), expected one of backup, reject, takeover
            headwater.apps.vip.write-merge = 1001ms | headwater.apps.vip.write-merge is '1001ms' (CONF:1), expected a duration between 0s and 1s
            headwater.apps."v p".linger = 1s       | headwater.apps."v p" is
            headwater.hub.ring-bytes = 1           | headwater.hub.ring-bytes is 1 (CONF:1), expected a size between 1MiB and 4GiB
            headwater.node-id = "a b"              | headwater.node-id is 'a b' (CONF:1), expected 1 to 64 letters
            headwater.node-group = ""              | headwater.node-group is '' (CONF:1), expected 1 to 64 letters
            headwater.advertised-host = 0.0.0.0    | headwater.advertised-host is '0.0.0.0' (CONF:1), expected an address that other nodes can connect to
            headwater.bind-host = "a b"            | headwater.bind-host is 'a b' (CONF:1), expected a host name
            headwater.cluster.seed-nodes = [ "a" ] | headwater.cluster.seed-nodes is 'a' (CONF:1), expected host:port
            headwater.cluster.seed-nodes = [ "a:0" ] | headwater.cluster.seed-nodes is 'a:0' (CONF:1), expected host:port
            headwater.apps.vip.jwks = "http://keys.example/jwks" | headwater.apps.vip.jwks is 'http://keys.example/jwks' (CONF:1), expected a file, an https URL, or an http URL of this machine
            headwater.apps.vip.jwks = "http://127.0.0.1.keys.example/" | expected a file, an https URL
            headwater.apps.vip.jwks = "http://localhost@keys.example/" | expected a file, an https URL
            headwater.apps.vip.jwks = "ftp://localhost/jwks"     | expected a file, an https URL
            headwater.http.host-names = [ "a b" ]  | headwater.http.host-names is 'a b' (CONF:1), expected a host name
            headwater.http.write-from = [ "me" ]   | headwater.http.write-from is 'me' (CONF:1), expected a network
            headwater.apps.default.end-on-unpublish = perhaps | headwater.apps.default.end-on-unpublish is 'perhaps' (CONF:1), expected on or off
            headwater.rtmp.chunk-size = 64         | headwater.rtmp.chunk-size is 64 (CONF:1), expected a whole number between 128 and 65536
            headwater.relay.keep-alive = 0         | headwater.relay.keep-alive is 0 (CONF:1), expected a duration between 10ms and 10s
            headwater.live.allow-origin = here     | headwater.live.allow-origin is 'here' (CONF:1), expected an origin
            headwater.cluster.downing = auto       | headwater.cluster.downing is 'auto' (CONF:1), expected one of keep-majority, keep-oldest
            headwater.cluster.secret = short       | headwater.cluster.secret is not shown (CONF:1), expected nothing, or 8 to 256
            heedwater.http.port = 1                | heedwater is not a known key (CONF:1), expected keys under headwater only
            headwater.http.port = 5080 }           | CONF:1:
            headwater.http.port = ${nowhere}       | CONF:1:
            """)
    void aWrongLineOfTheFileIsNamed(String line, String expected) throws Exception {
        Files.writeString(conf, line);
        ConfigException refused = assertThrows(ConfigException.class, () -> load(Map.of(), Map.of()));
        assertEquals(1, refused.problems().size(), refused.getMessage());
        String problem = refused.problems().get(0).replace(conf.toString(), "CONF");
        assertTrue(problem.contains(expected), problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/etc/keys.json",
                "keys.json",
                "https://keys.example/jwks",
                "http://127.0.0.1:8000/jwks",
                "http://localhost/jwks",
                "http://[::1]:8000/jwks"
            })
    void keysComeFromAFileOrAWayThatNobodyIsOn(String jwks) throws Exception {
        Files.writeString(conf, "headwater.apps.vip.jwks = \"" + jwks + "\"");
        assertEquals(jwks, load(Map.of(), Map.of()).access().apps().get("vip").jwks());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            headwater.http.port           | x      | headwater.http.port is 'x' (-Dheadwater.http.port), expected a whole number
            headwater.http.prot           | 1      | headwater.http.prot is not a known key, did you mean headwater.http.port? (-Dheadwater.http.prot)
            headwater.cluster.seed-nodes.0 | a     | headwater.cluster.seed-nodes is 'a' (-Dheadwater.cluster.seed-nodes.N), expected host:port
            headwater.http.port.0         | 1      | headwater.http.port.0 is not a known key
            """)
    void aWrongPropertyIsNamed(String key, String value, String expected) {
        ConfigException refused = assertThrows(ConfigException.class, () -> load(Map.of(), Map.of(key, value)));
        assertEquals(1, refused.problems().size(), refused.getMessage());
        assertTrue(refused.getMessage().contains(expected), refused.getMessage());
    }

    @Test
    void whatTheProcessWasStartedWithDoesNotBecomeADefault() {
        System.setProperty("headwater.live.port", "x");
        System.setProperty("headwater.live.prot", "1");
        com.typesafe.config.ConfigFactory.invalidateCaches();
        try {
            assertEquals(8080, load(Map.of(), Map.of()).live().port());
        } finally {
            System.clearProperty("headwater.live.port");
            System.clearProperty("headwater.live.prot");
            com.typesafe.config.ConfigFactory.invalidateCaches();
        }
    }

    @Test
    void aWrongVariableIsNamedAndAStrangeOneIsAWarning() {
        ConfigException refused =
                assertThrows(ConfigException.class, () -> load(Map.of("HEADWATER_HTTP_PORT", "tcp://x"), Map.of()));
        assertEquals(
                "headwater.http.port is 'tcp://x' (environment HEADWATER_HTTP_PORT), expected a whole number between 0 and 65535",
                refused.getMessage());
        assertEquals(
                List.of(
                        "environment HEADWATER_HTTP_PROT is ignored, it names no key, did you mean HEADWATER_HTTP_PORT?"),
                load(Map.of("HEADWATER_HTTP_PROT", "1", "OTHER", "2", "HEADWATER_JAVA_OPTS", ""), Map.of())
                        .warnings());
    }

    @Test
    void theShippedFileHasEveryKeyWithItsDefaultCommentedOut() throws Exception {
        String shipped = Files.readString(Path.of("conf/headwater.conf"));
        assertTrue(com.typesafe.config.ConfigFactory.parseString(shipped)
                .entrySet()
                .isEmpty());
        // a key is commented out without a blank after the sign, a sentence with one
        String active = shipped.replaceAll("(?m)^( *)#(?=[a-z])", "$1");
        assertEquals(
                com.typesafe.config.ConfigFactory.defaultReference().getConfig("headwater"),
                com.typesafe.config.ConfigFactory.parseString(active).getConfig("headwater"));
        Files.writeString(conf, shipped);
        assertEquals(HubSettings.defaults(), load(Map.of(), Map.of()).hub());
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() throws Exception {
        Files.writeString(conf, "headwater { http.port = a, hub.max-streams = 0\n unknown = 1 }");
        Files.writeString(red5, "nodeGroup=a b\n");
        ConfigException refused = assertThrows(
                ConfigException.class,
                () -> load(Map.of("HEADWATER_THREADS", "-1"), Map.of("headwater.apps.x.park", "-1s")));
        assertEquals(6, refused.problems().size(), refused.getMessage());
    }

    @Test
    void aFileThatIsNotThereIsRefused() {
        Sources sources = new Sources(Optional.of(folder.resolve("none.conf")), red5, Map.of(), Map.of());
        ConfigException refused = assertThrows(ConfigException.class, () -> NodeConfig.load(sources, home));
        assertTrue(refused.getMessage().contains("none.conf does not exist"), refused.getMessage());
        Sources directory = new Sources(Optional.of(folder), red5, Map.of(), Map.of());
        assertTrue(assertThrows(ConfigException.class, () -> NodeConfig.load(directory, home))
                .getMessage()
                .contains("cannot be read"));
    }

    @Test
    void theSecretIsNeverShown() {
        ConfigException refused = assertThrows(
                ConfigException.class, () -> load(Map.of("HEADWATER_CLUSTER_SECRET", "hush\u0007hush"), Map.of()));
        assertTrue(refused.getMessage().contains("headwater.cluster.secret"), refused.getMessage());
        assertTrue(!refused.getMessage().contains("hush"), refused.getMessage());
    }

    @Test
    void theGroupOfTheCommandLineWinsOverRed5WinsOverTheFile() throws Exception {
        Files.writeString(conf, "headwater.node-group = from-conf");
        assertEquals(
                new GroupSetting(new NodeGroup("from-conf"), Optional.empty()),
                load(Map.of(), Map.of()).group());
        Files.writeString(red5, "nodeGroup = from-red5\n");
        assertEquals(
                new GroupSetting(new NodeGroup("from-red5"), Optional.empty()),
                load(Map.of(), Map.of()).group());
        assertEquals(
                new GroupSetting(new NodeGroup("from-env"), Optional.of("environment HEADWATER_NODE_GROUP")),
                load(Map.of("HEADWATER_NODE_GROUP", "from-env"), Map.of()).group());
        assertEquals(
                new GroupSetting(new NodeGroup("from-d"), Optional.of("-Dheadwater.node-group")),
                load(Map.of(), Map.of("headwater.node-group", "from-d")).group());
    }

    @Test
    void theMisprintOfOlderDocumentsIsReadWithAWarning() throws Exception {
        Files.writeString(red5, "# old\nmodeGroup=region1\n");
        NodeConfig config = load(Map.of(), Map.of());
        assertEquals(new NodeGroup("region1"), config.group().group());
        assertEquals(1, config.warnings().size());
        assertTrue(
                config.warnings().get(0).contains("modeGroup (" + red5 + ":2)"),
                config.warnings().get(0));
    }

    @Test
    void aNodeKeepsTheIdItMadeUp() {
        NodeId first = load(Map.of(), Map.of()).nodeId();
        assertEquals(first, load(Map.of(), Map.of()).nodeId());
        assertEquals(
                new NodeId("mine"),
                load(Map.of("HEADWATER_NODE_ID", "mine"), Map.of()).nodeId());
        assertEquals(first, load(Map.of(), Map.of()).nodeId());
    }

    @Test
    void aDamagedNodeIdIsRefused() throws Exception {
        Files.writeString(home.folder().resolve("node-id"), "a b");
        assertTrue(assertThrows(ConfigException.class, () -> load(Map.of(), Map.of()))
                .getMessage()
                .contains("node-id holds 'a b'"));
    }

    @Test
    void twoNodesCannotShareAHome() {
        ConfigException refused = assertThrows(ConfigException.class, () -> Home.open(home.folder()));
        assertTrue(refused.getMessage().contains("in use by another node"), refused.getMessage());
        assertTrue(refused.getMessage().contains("--home"), refused.getMessage());
        home.close();
        home = Home.open(home.folder());
    }

    @Test
    void aNodeOfSeveralListensForTheOthersOnAllItsAddresses() {
        Addresses addresses = load(Map.of("HEADWATER_CLUSTER_SEED_NODES", "a:1,[::1]:2"), Map.of())
                .addresses();
        assertEquals("0.0.0.0", addresses.clusterBindHost());
        Addresses named =
                load(Map.of("HEADWATER_BIND_HOST", "127.0.10.1"), Map.of()).addresses();
        assertEquals(new Addresses("127.0.10.1", "127.0.10.1", "127.0.10.1", List.of()), named);
    }

    private NodeConfig load(Map<String, String> environment, Map<String, String> properties) {
        Optional<Path> file = Files.exists(conf) ? Optional.of(conf) : Optional.empty();
        return NodeConfig.load(new Sources(file, red5, environment, properties), home);
    }
}
