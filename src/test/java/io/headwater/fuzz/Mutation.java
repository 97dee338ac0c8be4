package io.headwater.fuzz;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Makes inputs of others: some bytes changed, left out, said twice or put in, numbers made large, two joined. */
final class Mutation {
    private static final int LONGEST = 64 << 10;
    private static final int[] NUMBERS = {0, 1, -1, 127, 128, 255, 256, 65_535, 65_536, 0x7fffffff, 0x80000000, 0xffffff
    };

    private final SplittableRandom random;

    Mutation(SplittableRandom random) {
        this.random = random;
    }

    byte[] of(List<byte[]> known, List<byte[]> words) {
        byte[] input = known.get(random.nextInt(known.size())).clone();
        for (int more = 1 + random.nextInt(4); more > 0; more--) {
            input = once(input, known, words);
        }
        return input.length <= LONGEST ? input : Arrays.copyOf(input, LONGEST);
    }

    private byte[] once(byte[] input, List<byte[]> known, List<byte[]> words) {
        int at = random.nextInt(input.length + 1);
        int length = Math.min(input.length - at, 1 << random.nextInt(8));
        return switch (random.nextInt(9)) {
            case 0 -> changed(input, at, (byte) (1 << random.nextInt(8)), true);
            case 1 -> changed(input, at, (byte) random.nextInt(256), false);
            case 2 -> numbered(input, at);
            case 3 -> replaced(input, at, length, new byte[0]);
            case 4 -> replaced(input, at, 0, Arrays.copyOfRange(input, at, at + length));
            case 5 -> replaced(input, at, 0, noise(1 + random.nextInt(16)));
            case 6 -> Arrays.copyOf(input, at);
            case 7 -> {
                byte[] other = known.get(random.nextInt(known.size()));
                yield replaced(
                        input, at, length, Arrays.copyOfRange(other, random.nextInt(other.length + 1), other.length));
            }
            default ->
                words.isEmpty()
                        ? repeated(input, at, length)
                        : replaced(
                                input, at, random.nextBoolean() ? length : 0, words.get(random.nextInt(words.size())));
        };
    }

    private byte[] repeated(byte[] input, int at, int length) {
        byte[] piece = Arrays.copyOfRange(input, at, at + Math.max(0, length));
        int times = 1 << random.nextInt(10);
        if (piece.length == 0 || (long) piece.length * times > LONGEST) {
            return input;
        }
        byte[] many = new byte[piece.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(piece, 0, many, i * piece.length, piece.length);
        }
        return replaced(input, at, 0, many);
    }

    private static byte[] changed(byte[] input, int at, byte bits, boolean flip) {
        if (at < input.length) {
            input[at] = flip ? (byte) (input[at] ^ bits) : bits;
        }
        return input;
    }

    private byte[] numbered(byte[] input, int at) {
        int width = 1 + random.nextInt(4);
        byte[] number = Arrays.copyOfRange(
                ByteBuffer.allocate(4)
                        .putInt(NUMBERS[random.nextInt(NUMBERS.length)])
                        .array(),
                4 - width,
                4);
        return replaced(input, at, Math.min(width, input.length - at), number);
    }

    private static byte[] replaced(byte[] input, int at, int length, byte[] by) {
        byte[] made = new byte[input.length - length + by.length];
        System.arraycopy(input, 0, made, 0, at);
        System.arraycopy(by, 0, made, at, by.length);
        System.arraycopy(input, at + length, made, at + by.length, input.length - at - length);
        return made;
    }

    private byte[] noise(int length) {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        return noise;
    }
}
