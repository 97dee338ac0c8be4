package io.headwater;

/** Starts one Headwater node. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {}
}
