package io.headwater.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.headwater.access.AccessSettings;
import io.headwater.api.ApiSettings;
import io.headwater.cluster.ClusterSettings;
import io.headwater.cluster.Trust;
import io.headwater.gateway.hls.HlsSettings;
import io.headwater.gateway.httpflv.LiveHttpSettings;
import io.headwater.gateway.rtmp.RtmpSettings;
import io.headwater.relay.RelaySettings;
import io.headwater.stream.HubSettings;
import io.headwater.topology.NodeGroup;
import io.headwater.topology.NodeId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything one node is configured with, read and checked once, before anything starts.
 *
 * @param nodeId stable over restarts
 * @param group where the node belongs, and who said so
 * @param red5 the file that keeps the group
 * @param addresses where to listen, and where others reach this node
 * @param mediaThreads 0 for one per core
 * @param warnings what an operator should be told although the start goes on
 */
public record NodeConfig(
        NodeId nodeId,
        GroupSetting group,
        Red5Properties red5,
        Addresses addresses,
        int mediaThreads,
        RtmpSettings rtmp,
        LiveHttpSettings live,
        HlsSettings hls,
        RelaySettings relay,
        ClusterSettings cluster,
        ApiSettings api,
        LimitSettings limits,
        HubSettings hub,
        AccessSettings access,
        TlsSettings tls,
        DrainSettings drain,
        RemoteSettings remote,
        OperationsSettings operations,
        List<String> warnings) {

    public NodeConfig {
        warnings = List.copyOf(warnings);
    }

    /** @throws ConfigException with everything that is wrong */
    public static NodeConfig load(Sources sources, Home home) {
        // the file alone: the library's own "default reference" has the system properties mixed in
        Config reference = ConfigFactory.parseResources(NodeConfig.class.getClassLoader(), "reference.conf")
                .withOnlyPath(KnownKeys.ROOT)
                .resolve();
        KnownKeys known = new KnownKeys(reference);
        Problems problems = new Problems();
        List<String> warnings = new ArrayList<>();

        Layers layers = new Layers(known, problems);
        Config file = sources.conf().map(path -> layers.file(path, reference)).orElse(ConfigFactory.empty());
        Config over = layers.properties(sources.properties()).withFallback(layers.environment(sources.environment()));
        Config merged = over.withFallback(file).withFallback(reference);
        Values values = new Values(merged, reference, KnownKeys.ROOT, problems);
        layers.strangeVariables(sources.environment()).forEach(warnings::add);

        Red5Properties red5 = new Red5Properties(sources.red5());
        GroupSetting group = group(values, over.hasPath(KnownKeys.ROOT + ".node-group"), red5, problems, warnings);
        Addresses addresses = Addresses.read(values);
        String name = values.text(
                "node-id",
                text -> text.isEmpty() || NodeId.isValid(text),
                "expected 1 to 64 letters, digits, '-' or '_', or nothing");
        int threads = values.integer("threads", 0, 1024);
        String secret = PartSettings.secret(values.at("cluster"));
        RtmpSettings rtmp = PartSettings.rtmp(values.at("rtmp"), addresses);
        LiveHttpSettings live = PartSettings.live(values.at("live"), addresses);
        HlsSettings hls = HlsConfig.read(values);
        RelaySettings relay = PartSettings.relay(values.at("relay"), addresses, secret);
        TlsSettings tls = TlsSettings.read(values.at("tls"));
        ClusterSettings cluster =
                PartSettings.cluster(values.at("cluster"), addresses, home.folder(), Trust.of(secret, tls.cluster()));
        ApiSettings api = PartSettings.api(values.at("http"), addresses);
        LimitSettings limits = LimitSettings.read(values.at("limits"));
        HubSettings hub = HubConfig.read(values);
        AccessSettings access = AccessConfig.read(values);
        DrainSettings drain = PartSettings.drain(values.at("drain"));
        RemoteSettings remote = PartSettings.remote(values.at("remote"));
        OperationsSettings operations = OperationsSettings.read(values);
        problems.throwIfAny();

        NodeId nodeId = name.isEmpty() ? home.nodeId() : new NodeId(name);
        return new NodeConfig(
                nodeId,
                group,
                red5,
                addresses,
                threads,
                rtmp,
                live,
                hls,
                relay,
                cluster,
                api,
                limits,
                hub,
                access,
                tls,
                drain,
                remote,
                operations,
                warnings);
    }

    /** Environment and command line first, then the file REST writes, then the configuration file, then the default. */
    private static GroupSetting group(
            Values values, boolean pinned, Red5Properties red5, Problems problems, List<String> warnings) {
        String configured =
                values.text("node-group", NodeGroup::isValid, "expected 1 to 64 letters, digits, '-' or '_'");
        Optional<Red5Properties.Setting> kept = Optional.empty();
        try {
            kept = red5.nodeGroup();
        } catch (IOException refused) {
            problems.add(red5.file() + " cannot be read (" + Home.reason(refused) + "), expected a properties file");
        }
        if (kept.isPresent()) {
            Red5Properties.Setting setting = kept.get();
            String where = " (" + red5.file() + ":" + setting.line() + ")";
            if (setting.misprinted()) {
                warnings.add(
                        setting.key() + where + " is read as " + Red5Properties.NODE_GROUP + ", please spell it so");
            }
            if (!NodeGroup.isValid(setting.value())) {
                problems.add(setting.key() + " is '" + setting.value().replaceAll("[^\\x20-\\x7e]", "?") + "'" + where
                        + ", expected 1 to 64 letters, digits, '-' or '_'");
            } else if (!pinned) {
                return new GroupSetting(new NodeGroup(setting.value()), Optional.empty());
            }
        }
        return new GroupSetting(
                new NodeGroup(configured), pinned ? Optional.of(values.where("node-group")) : Optional.empty());
    }
}
