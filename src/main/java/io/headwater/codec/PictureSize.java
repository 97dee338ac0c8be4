package io.headwater.codec;

/** The visible part of a picture, in pixels. */
public record PictureSize(int width, int height) {
    private static final int LARGEST = 65_535;

    /** @throws MalformedException if a side is not 1 to 65535, as after cropping too much */
    public static PictureSize of(String structure, long width, long height) throws MalformedException {
        if (width < 1 || width > LARGEST || height < 1 || height > LARGEST) {
            throw new MalformedException(
                    structure + " says " + width + "x" + height + ", expected 1 to " + LARGEST + " each");
        }
        return new PictureSize((int) width, (int) height);
    }
}
