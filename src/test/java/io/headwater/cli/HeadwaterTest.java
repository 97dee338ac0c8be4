package io.headwater.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.headwater.net.TestCertificates;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class HeadwaterTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... words) {
        CommandLine line = Headwater.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(words);
    }

    @Test
    void helpListsTheCommandsWithExamples() {
        assertEquals(0, run("--help"));
        for (String word : new String[] {
            "node", "demo", "prepare", "check-config", "status", "topology", "drain", "version", "Examples"
        }) {
            assertTrue(out.toString().contains(word), out::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "topology", "check-config"})
    void aCommandsHelpHasExamplesOfItsOwn(String command) {
        assertEquals(0, run(command, "--help"));
        String said = out.toString();
        int examples = said.indexOf("Examples:");
        assertTrue(examples > 0 && said.indexOf("  headwater " + command, examples) > 0, said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--json", "--url"})
    void statusEndsWith1IfANodeIsDeadHoweverItIsPrinted(String form) throws Exception {
        String nodes = "[{\"id\":\"edge21\",\"status\":\"dead\"},{\"id\":\"edge22\",\"status\":\"alive\"}]";
        try (Node node = new Node(Map.of("/rest/v2/cluster/nodes/0/50", nodes))) {
            assertEquals(
                    1,
                    form.equals("--json")
                            ? run("status", "--json", "--url", node.url())
                            : run("status", form, node.url()));
        }
    }

    /** Not executed: a node ends the process by itself. */
    @ParameterizedTest
    @ValueSource(strings = {"node", "demo"})
    void theWordsOfNodeAndDemoArePassedOn(String command) {
        List<String> words = List.of("--conf", "my.conf", "--help", "-Dheadwater.rtmp.port=0");
        List<String> line = new ArrayList<>(List.of(command));
        line.addAll(words);
        assertEquals(
                words,
                Headwater.commandLine()
                        .parseArgs(line.toArray(String[]::new))
                        .subcommand()
                        .unmatched());
    }

    @Test
    void completionIsAScriptForTheShell() {
        assertEquals(0, run("generate-completion"));
        assertTrue(out.toString().contains("complete -F _complete_headwater"), out::toString);
    }

    @Test
    void whatIsNotUnderstoodIsSaidAndEndsWith2() {
        assertEquals(2, run("statsu"));
        assertTrue(err.toString().contains("status"), err::toString);
    }

    @Test
    void everyProblemOfAConfigurationIsOneLineWithKeyValueFileAndLine() throws Exception {
        Path conf = Files.writeString(folder.resolve("my.conf"), """
                headwater {
                  rtmp.port = 70000
                  hub.max-viewers = many
                  colour = blue
                }
                """);
        Path group = folder.resolve("none.properties");
        assertEquals(2, run("check-config", "--conf", conf.toString(), "--red5", group.toString()));
        String said = err.toString();
        assertTrue(said.contains("headwater.rtmp.port is 70000 (" + conf + ":2), expected"), said);
        assertTrue(said.contains("headwater.hub.max-viewers is 'many' (" + conf + ":3), expected"), said);
        assertTrue(said.contains("headwater.colour is not a known key"), said);
        assertTrue(said.contains(conf + ":4"), said);
        assertTrue(said.contains("3 problems"), said);
    }

    @Test
    void aGoodConfigurationIsCalledSoAndTheHomeIsNotTouched() throws Exception {
        Path conf = Files.writeString(folder.resolve("my.conf"), "headwater.rtmp.port = 1936\n");
        Path home = folder.resolve("home");
        assertEquals(
                0,
                run(
                        "check-config",
                        "--conf",
                        conf.toString(),
                        "--home",
                        home.toString(),
                        "-Dheadwater.node-group=region7"));
        assertTrue(out.toString().contains("region7"), out::toString);
        assertEquals(false, Files.exists(home));
    }

    @Test
    void statusAndTopologyAreTables() throws Exception {
        try (Node node =
                new Node(Map.of("/rest/v2/cluster/nodes/0/50", """
                [{"id":"edge21","ip":"10.0.0.2","memory":"10/100","cpu":"34","status":"alive","state":"up",
                  "nodeGroup":"region2","version":"0.1","streams":1,"viewers":7}]
                """, "/live/rest/v2/broadcasts/one/topology", """
                {"epoch":5,"homeGroup":"region1","mainOrigin":"origin1","nodes":[
                  {"nodeId":"edge21","nodeGroup":"region2","role":"secondaryOrigin","feed":"origin1","viewers":7,"lagFrames":2}]}
                """))) {
            assertEquals(0, run("status", "--url", node.url()));
            assertEquals("""
                    NODE    GROUP    HOST      STATE  STREAMS  VIEWERS  CPU  MEMORY     VERSION
                    edge21  region2  10.0.0.2  up     1        7        34%  10/100 MB  0.1
                    """, out.toString());
            out.getBuffer().setLength(0);
            assertEquals(0, run("topology", "live/one", "--url", node.url()));
            assertEquals("""
                    live/one: main origin origin1 in region1, epoch 5
                    NODE    GROUP    ROLE             FED BY   VIEWERS  LAG
                    edge21  region2  secondaryOrigin  origin1  7        2 frames
                    """, out.toString());
        }
    }

    @Test
    void drainWaitsUntilTheNodeIsOutOfServiceButNotForEver() throws Exception {
        String drains = "{\"success\":true,\"message\":\"draining\"}";
        try (Node node = new Node(Map.of("/rest/v2/node/drain", drains, "/rest/v2/node", "{\"state\":\"draining\"}"))) {
            assertEquals(3, run("drain", "--wait", "--timeout", "1ms", "--url", node.url()));
            assertEquals(
                    "headwater: the node is draining after 1ms and goes on draining (--timeout)",
                    err.toString().strip());
            assertEquals(0, run("drain", "--url", node.url()));
            assertEquals(2, run("drain", "--wait", "--timeout", "soon", "--url", node.url()));
            assertTrue(err.toString().contains("--timeout is 'soon', expected a time such as 30s"), err::toString);
        }
        try (Node node = new Node(Map.of("/rest/v2/node/drain", drains, "/rest/v2/node", "{\"state\":\"drained\"}"))) {
            assertEquals(0, run("drain", "--wait", "--url", node.url()));
        }
    }

    @Test
    void aNodeThatDoesNotAnswerIsOneLine() {
        assertEquals(1, run("status", "--url", "http://127.0.0.1:1"));
        assertEquals(
                "headwater: no node answers at http://127.0.0.1:1 (--url)",
                err.toString().strip());
    }

    /** The machine of another node is not told more than it needs: which variable has to be set where. */
    @Test
    void whoIsNotLetInIsToldWhichVariableAndWhichSettingThatIsIn() throws Exception {
        String refused = "{\"success\":false,\"message\":\"not from 10.0.0.9\"}";
        try (Node node = new Node(401, Map.of("/rest/v2/node/drain", refused, "/rest/v2/cluster", refused))) {
            String answered = "headwater: " + node.url() + " answered 401: not from 10.0.0.9; ";
            assertEquals(1, run("drain", "--url", node.url()));
            assertEquals(
                    answered + "set HEADWATER_TOKEN to a token of the node's headwater.http.admin-tokens",
                    err.toString().strip());
            err.getBuffer().setLength(0);
            assertEquals(1, run("status", "--url", node.url(), "--token", "wrong"));
            assertEquals(
                    answered + "HEADWATER_TOKEN (or --token) has to be one of its headwater.http.admin-tokens",
                    err.toString().strip());
        }
        err.getBuffer().setLength(0);
        try (Node node = new Node(403, Map.of("/rest/v2/node/drain", refused))) {
            assertEquals(1, run("drain", "--url", node.url()));
            assertEquals(1, err.toString().strip().lines().count());
            assertTrue(err.toString().contains("headwater.http.admin-tokens"), err::toString);
            assertTrue(err.toString().contains("HEADWATER_TOKEN"), err::toString);
        }
        assertEquals(0, run("drain", "--help"));
        assertTrue(out.toString().contains("HEADWATER_TOKEN"), out::toString);
    }

    @Test
    void anAuthorityThatCannotBeReadIsOneLine() throws Exception {
        for (String content : new String[] {"", "no certificate"}) {
            Path file = Files.writeString(folder.resolve("ca.pem"), content);
            assertEquals(1, run("status", "--url", "https://127.0.0.1:1", "--authority", file.toString()));
            assertTrue(err.toString().startsWith("headwater: --authority " + file), err::toString);
            assertEquals(1, err.toString().strip().lines().count());
            err.getBuffer().setLength(0);
        }
        assertEquals(1, run("status", "--authority", folder.resolve("none").toString()));
        assertTrue(err.toString().contains("does not exist"), err::toString);
    }

    @Test
    void aNodeIsAskedOverHttpsIfItsAuthorityIsNamed() throws Exception {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(TestCertificates.client(Optional.of("first"))));
        server.createContext("/rest/v2/cluster/nodes/0/50", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("[]".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        server.start();
        try {
            String url = "https://localhost:" + server.getAddress().getPort();
            assertEquals(1, run("status", "--url", url));
            assertTrue(err.toString().contains("no certificate that is trusted here (--authority)"), err::toString);
            String ca = TestCertificates.file("ca.pem").toString();
            assertEquals(0, run("status", "--url", url, "--authority", ca), err::toString);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aStreamIsNamedByItsApplicationAndItsName() {
        assertEquals(2, run("topology", "stream1"));
        assertTrue(err.toString().contains("STREAM is 'stream1', expected one such as live/stream1"), err::toString);
    }

    private static final class Node implements AutoCloseable {
        private final HttpServer server;

        Node(Map<String, String> answers) throws Exception {
            this(200, answers);
        }

        Node(int status, Map<String, String> answers) throws Exception {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            answers.forEach((path, body) -> server.createContext(path, exchange -> {
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, bytes.length);
                exchange.getResponseBody().write(bytes);
                exchange.close();
            }));
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
