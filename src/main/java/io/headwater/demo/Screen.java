package io.headwater.demo;

import java.io.PrintStream;
import java.util.List;

/** Where the demo writes: a picture that is drawn again and again on a terminal, plain lines anywhere else. */
final class Screen {
    private static final String HOME = "\u001b[H";
    private static final String CLEAR = "\u001b[2J";
    private static final String END_OF_LINE = "\u001b[K";
    private static final String REST = "\u001b[J";
    private static final String SHOW_CURSOR = "\u001b[?25h";
    private static final String HIDE_CURSOR = "\u001b[?25l";

    private final PrintStream out;
    private final int columns;
    private final boolean colours;
    private boolean drawn;

    /** @param columns width of the terminal, 0 if it is none */
    Screen(PrintStream out, int columns, boolean colours) {
        this.out = out;
        this.columns = columns;
        this.colours = colours;
    }

    boolean isTerminal() {
        return columns > 0;
    }

    /** One line that stays. */
    void line(String text) {
        out.println(coloured(text));
        out.flush();
    }

    /** Draws the picture over the one before. Only on a terminal. */
    void draw(List<String> lines) {
        StringBuilder picture = new StringBuilder(drawn ? HOME : HIDE_CURSOR + CLEAR + HOME);
        for (String text : lines) {
            picture.append(coloured(clipped(text))).append(END_OF_LINE).append('\n');
        }
        out.print(picture.append(REST));
        out.flush();
        drawn = true;
    }

    /** Gives the terminal back. */
    void leave() {
        if (drawn) {
            out.print(SHOW_CURSOR);
            out.flush();
        }
    }

    /** Cuts the text to the terminal's width; marks take no room. */
    private String clipped(String text) {
        StringBuilder kept = new StringBuilder();
        int width = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean mark = Mark.of(c) != null;
            if (mark || width < columns) {
                kept.append(c);
            }
            width += mark ? 0 : 1;
        }
        return kept.toString();
    }

    private String coloured(String text) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            Mark mark = Mark.of(text.charAt(i));
            if (mark == null) {
                shown.append(text.charAt(i));
            } else if (colours) {
                shown.append(mark.escape());
            }
        }
        return shown.toString();
    }
}
