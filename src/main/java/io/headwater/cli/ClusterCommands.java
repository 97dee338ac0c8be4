package io.headwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands that ask a node that runs, over REST. */
final class ClusterCommands {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();

    private ClusterCommands() {}

    /** Which node is asked. */
    static final class Asked {
        @Option(
                names = "--url",
                paramLabel = "URL",
                defaultValue = "${env:HEADWATER_URL:-http://127.0.0.1:5080}",
                description = "REST of the node that is asked; default ${DEFAULT-VALUE}, or HEADWATER_URL.")
        private String url = "";

        @Option(
                names = "--token",
                paramLabel = "TOKEN",
                defaultValue = "${env:HEADWATER_TOKEN:-}",
                description =
                        "An administrator's token (http.admin-tokens of the node), which it asks for what changes something"
                                + " unless it is asked on its own machine; better in HEADWATER_TOKEN, which no list of processes"
                                + " shows.")
        private String token = "";

        @Option(
                names = "--authority",
                paramLabel = "FILE",
                defaultValue = "${env:HEADWATER_AUTHORITY:-}",
                description = "PEM file of the authority of the node's certificate, for an https:// URL; or"
                        + " HEADWATER_AUTHORITY. Without it, those that the Java runtime trusts.")
        private String authority = "";

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "This text.")
        private boolean unusedHelp;

        @Option(names = "--json", description = "Prints what the node answered instead of a table.")
        private boolean json;

        JsonNode get(String path) throws IOException, InterruptedException {
            return send(request(path).GET());
        }

        JsonNode post(String path) throws IOException, InterruptedException {
            return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString("{}")));
        }

        private HttpRequest.Builder request(String path) throws IOException {
            try {
                HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url.replaceAll("/+$", "") + path))
                        .timeout(LIMIT);
                return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
            } catch (IllegalArgumentException noUrl) {
                throw new IOException("--url is '" + url + "', expected one such as http://127.0.0.1:5080", noUrl);
            }
        }

        private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
            HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(LIMIT);
            if (!authority.isEmpty()) {
                client.sslContext(Trust.of(authority));
            }
            HttpResponse<String> answer;
            try {
                answer = client.build().send(request.build(), BodyHandlers.ofString());
            } catch (ConnectException | HttpTimeoutException refused) {
                throw new IOException("no node answers at " + url + " (--url)", refused);
            } catch (SSLException refused) {
                throw new IOException(
                        url + " has no certificate that is trusted here (--authority): " + refused.getMessage(),
                        refused);
            }
            JsonNode body;
            try {
                body = JSON.readTree(answer.body());
            } catch (IOException notJson) {
                throw new IOException(url + " answered " + answer.statusCode() + " and no JSON", notJson);
            }
            if (answer.statusCode() >= 400) {
                throw new IOException(url + " answered " + answer.statusCode() + ": "
                        + body.path("message").asText(body.path("reason").asText(""))
                        + hint(answer.statusCode()));
            }
            return body;
        }

        /** What who is not let in can do about it. */
        private String hint(int status) {
            return switch (status) {
                case 401 ->
                    token.isEmpty()
                            ? "; set HEADWATER_TOKEN to a token of the node's headwater.http.admin-tokens"
                            : "; HEADWATER_TOKEN (or --token) has to be one of its headwater.http.admin-tokens";
                case 403 ->
                    token.isEmpty()
                            ? "; call it on the node's machine, or set headwater.http.admin-tokens there and HEADWATER_TOKEN"
                                    + " here"
                            : "";
                default -> "";
            };
        }
    }

    /** Cells in columns. */
    static void table(PrintWriter out, List<List<String>> rows) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            out.println(line.toString().stripTrailing());
        }
    }

    @Command(
            name = "status",
            description = "The nodes of the cluster as a table. Ends with 1 if one of them is not alive.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  headwater status                                 asks the node of this machine",
                "  headwater status --url http://edge1:5080 --json  another one, for a script",
                "  headwater status >/dev/null || echo a node is missing"
            })
    static final class Status implements Callable<Integer> {
        private static final int PAGE = 50;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Mixin
        private final Asked asked = new Asked();

        @Override
        public Integer call() throws Exception {
            PrintWriter out = spec.commandLine().getOut();
            List<JsonNode> nodes = new ArrayList<>();
            for (boolean more = true; more; ) {
                JsonNode page = asked.get("/rest/v2/cluster/nodes/" + nodes.size() + "/" + PAGE);
                page.forEach(nodes::add);
                more = page.size() == PAGE;
            }
            boolean allThere =
                    nodes.stream().allMatch(node -> node.path("status").asText().equals("alive"));
            int ending = allThere ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
            if (asked.json) {
                out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(nodes));
                return ending;
            }
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("NODE", "GROUP", "HOST", "STATE", "STREAMS", "VIEWERS", "CPU", "MEMORY", "VERSION"));
            for (JsonNode node : nodes) {
                rows.add(List.of(
                        node.path("id").asText(),
                        node.path("nodeGroup").asText(),
                        node.path("ip").asText(),
                        node.path("state").asText(),
                        node.path("streams").asText(),
                        node.path("viewers").asText(),
                        node.path("cpu").asText() + "%",
                        node.path("memory").asText() + " MB",
                        node.path("version").asText()));
            }
            table(out, rows);
            return ending;
        }
    }

    @Command(
            name = "topology",
            description = "Who feeds whom for one stream.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  headwater topology live/stream1                  asks the node of this machine",
                "  headwater topology --url https://edge1:5443 --authority ca.pem live/stream1",
                "  headwater topology live/stream1 --json           all that is known of it"
            })
    static final class Topology implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Mixin
        private final Asked asked = new Asked();

        @Parameters(paramLabel = "STREAM", description = "As live/stream1.")
        private String stream = "";

        @Override
        public Integer call() throws Exception {
            PrintWriter out = spec.commandLine().getOut();
            if (!stream.matches("[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "STREAM is '" + stream + "', expected one such as live/stream1");
            }
            String[] key = stream.split("/", 2);
            JsonNode tree = asked.get("/" + key[0] + "/rest/v2/broadcasts/" + key[1] + "/topology");
            if (asked.json) {
                out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree));
                return CommandLine.ExitCode.OK;
            }
            out.println(stream + ": main origin " + tree.path("mainOrigin").asText("none") + " in "
                    + tree.path("homeGroup").asText("none") + ", epoch "
                    + tree.path("epoch").asText());
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("NODE", "GROUP", "ROLE", "FED BY", "VIEWERS", "LAG"));
            for (JsonNode node : tree.path("nodes")) {
                rows.add(List.of(
                        node.path("nodeId").asText(),
                        node.path("nodeGroup").asText(),
                        node.path("role").asText(),
                        node.path("feed").asText("-"),
                        node.path("viewers").asText(),
                        node.path("lagFrames").asText() + " frames"));
            }
            table(out, rows);
            return CommandLine.ExitCode.OK;
        }
    }

    @Command(
            name = "drain",
            description = "Takes the node out of service: what it has moves to others, then it leaves the cluster.",
            footer = {
                "",
                "On the node's machine nothing else is needed. From another one the node asks for a token:",
                "  HEADWATER_TOKEN=... headwater drain --url http://edge1:5080 --wait"
            })
    static final class Drain implements Callable<Integer> {
        private static final Pattern TIME = Pattern.compile("([0-9]{1,7})(ms|s|m)");
        private static final int NOT_IN_TIME = 3;
        private static final long LOOK_MS = 200;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Mixin
        private final Asked asked = new Asked();

        @Option(
                names = "--within",
                paramLabel = "TIME",
                description = "What has not moved by then is ended, as 30s; default: drain.within of the node.")
        private String within = "";

        @Option(names = "--wait", description = "Returns when the node is out of service.")
        private boolean wait;

        @Option(
                names = "--timeout",
                paramLabel = "TIME",
                defaultValue = "5m",
                description = "How long --wait waits at most, as 90s; ends with 3 then; default ${DEFAULT-VALUE}.")
        private String timeout = "";

        @Override
        public Integer call() throws Exception {
            PrintWriter out = spec.commandLine().getOut();
            if (!within.isEmpty()) {
                time("--within", within);
            }
            long until = System.nanoTime() + time("--timeout", timeout).toNanos();
            JsonNode answer = asked.post("/rest/v2/node/drain" + (within.isEmpty() ? "" : "?within=" + within));
            out.println(answer.path("message").asText());
            while (wait) {
                String state = asked.get("/rest/v2/node").path("state").asText();
                if (state.equals("drained")) {
                    break;
                }
                if (System.nanoTime() > until) {
                    spec.commandLine()
                            .getErr()
                            .println("headwater: the node is " + state + " after " + timeout
                                    + " and goes on draining (--timeout)");
                    return NOT_IN_TIME;
                }
                Thread.sleep(LOOK_MS);
            }
            return answer.path("success").asBoolean() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        }

        private Duration time(String option, String text) {
            Matcher time = TIME.matcher(text);
            if (!time.matches()) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), option + " is '" + text + "', expected a time such as 30s");
            }
            long count = Long.parseLong(time.group(1));
            return switch (time.group(2)) {
                case "ms" -> Duration.ofMillis(count);
                case "s" -> Duration.ofSeconds(count);
                default -> Duration.ofMinutes(count);
            };
        }
    }
}
