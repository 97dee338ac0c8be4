package io.headwater.api;

import io.headwater.net.Cidr;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Who may call; see {@code headwater.http} in {@code reference.conf}.
 *
 * @param writeFrom networks that calls which change something are taken from without a token
 * @param adminTokens administrators' tokens, or {@code sha256:} and the hash of one in hex
 * @param adminTokensFile more of them, one a line; read again when it changes
 * @param reads whether calls that only read need the same
 * @param names host names that callers without a token may call this node by, beside localhost and this machine's name
 */
public record Protection(
        List<Cidr> writeFrom,
        List<String> adminTokens,
        Optional<Path> adminTokensFile,
        boolean reads,
        List<String> names) {
    public Protection {
        writeFrom = List.copyOf(writeFrom);
        adminTokens = List.copyOf(adminTokens);
        names = List.copyOf(names);
    }

    /** This machine may change, everybody may read. */
    public static Protection defaults() {
        return new Protection(
                List.of(
                        Cidr.parse("127.0.0.0/8").orElseThrow(),
                        Cidr.parse("::1/128").orElseThrow()),
                List.of(),
                Optional.empty(),
                false,
                List.of());
    }

    /** Whether a text may stand for a token: long enough that nobody guesses it, or the hash of one. */
    public static boolean isToken(String text) {
        return AdminTokens.isHash(text) || (text.matches("[\\x21-\\x7e]{16,256}") && !text.startsWith("sha256:"));
    }

    /** Without the tokens. */
    @Override
    public String toString() {
        return "Protection[writeFrom=" + writeFrom + ", reads=" + reads + "]";
    }
}
