package io.headwater.fuzz;

import java.util.List;

/**
 * Something that reads what a peer says.
 *
 * @param name as it is asked for on the command line
 * @param seeds good inputs, to make others of
 * @param words what such inputs are made of
 * @param reader reads one input
 */
public record FuzzTarget(String name, List<byte[]> seeds, List<byte[]> words, Reader reader) {

    /** Reads one input; whatever it throws is a finding, so it takes the refusals that are allowed itself. */
    public interface Reader {
        /**
         * Reads it.
         *
         * @return what became of it, in words that are the same for inputs that took the same way
         */
        String read(byte[] input) throws Exception;
    }

    @Override
    public String toString() {
        return name;
    }
}
