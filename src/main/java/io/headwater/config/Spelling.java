package io.headwater.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody may have meant by a word that is not known. */
public final class Spelling {
    private Spelling() {}

    /**
     * The known word closest to {@code word}: the one with the fewest changed letters, if those are at most a third, or
     * else one that ends in the same part after the last dot.
     */
    public static Optional<String> closest(String word, Collection<String> known) {
        int allowed = Math.max(2, word.length() / 3);
        Optional<String> near = known.stream()
                .filter(candidate -> Math.abs(candidate.length() - word.length()) <= allowed)
                .filter(candidate -> distance(word, candidate) <= allowed)
                .min(Comparator.<String>comparingInt(candidate -> distance(word, candidate))
                        .thenComparing(Comparator.naturalOrder()));
        if (near.isPresent() && distance(word, near.get()) <= 2) {
            return near;
        }
        String end = word.substring(word.lastIndexOf('.') + 1);
        return known.stream()
                .filter(candidate -> candidate.endsWith("." + end))
                .min(Comparator.<String>comparingInt(candidate -> distance(word, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .or(() -> near);
    }

    /** {@code ", did you mean X?"} or nothing. */
    public static String hint(String word, Collection<String> known) {
        return closest(word, known)
                .map(found -> ", did you mean " + found + "?")
                .orElse("");
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
