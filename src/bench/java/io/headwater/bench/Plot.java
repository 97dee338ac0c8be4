package io.headwater.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Draws the table that {@link Fanout} wrote: CPU per viewer over the number of viewers, a panel for each merge window. */
final class Plot {
    private static final int PANEL = 300;
    private static final int HEIGHT = 330;
    private static final int LEFT = 48;
    private static final int TOP = 46;
    private static final int BOTTOM = 54;
    private static final int GAP = 16;

    private record Point(int viewers, double cpu) {}

    private record Line(String name, String colour) {}

    private static final Map<String, Line> LINES = lines();

    private final TreeMap<Integer, Map<String, List<Point>>> panels = new TreeMap<>();
    private double least = Double.MAX_VALUE;
    private double most;
    private int fewest = Integer.MAX_VALUE;
    private int viewers = 1;

    private static Map<String, Line> lines() {
        Map<String, Line> lines = new LinkedHashMap<>();
        lines.put("headwater http-flv", new Line("Headwater, HTTP-FLV", "#1f6feb"));
        lines.put("headwater rtmp", new Line("Headwater, RTMP", "#8250df"));
        lines.put("floor http-flv", new Line("C floor", "#57606a"));
        lines.put("nginx-rtmp rtmp", new Line("nginx-rtmp", "#cf6a00"));
        lines.put("nginx-nodelay rtmp", new Line("nginx-rtmp, TCP_NODELAY", "#9a6700"));
        return lines;
    }

    /** Reads the table {@code tsv} and writes the picture {@code svg}. */
    static void draw(Path tsv, Path svg) throws IOException {
        Plot plot = new Plot();
        Files.readAllLines(tsv).stream().skip(1).map(row -> row.split("\t", -1)).forEach(plot::add);
        Files.writeString(svg, plot.svg());
    }

    private void add(String[] row) {
        Point point = new Point(Integer.parseInt(row[3]), Double.parseDouble(row[4]));
        if (point.viewers < 50) {
            return; // there, the JVM's own threads are what is measured
        }
        panels.computeIfAbsent(Integer.valueOf(row[2]), merge -> new TreeMap<>())
                .computeIfAbsent(row[0] + " " + row[1], line -> new ArrayList<>())
                .add(point);
        least = Math.min(least, point.cpu);
        most = Math.max(most, point.cpu);
        fewest = Math.min(fewest, point.viewers);
        viewers = Math.max(viewers, point.viewers);
    }

    private String svg() {
        StringBuilder svg = new StringBuilder();
        int width = LEFT + panels.size() * (PANEL + GAP);
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>%n",
                width,
                HEIGHT));
        text(
                svg,
                LEFT,
                16,
                "start",
                "Server CPU, ms per viewer and second, over the number of viewers (both logarithmic)");
        int left = LEFT;
        for (var panel : panels.entrySet()) {
            panel(svg, left, panel.getKey(), panel.getValue());
            left += PANEL + GAP;
        }
        int at = LEFT;
        for (Line line : LINES.values()) {
            svg.append(String.format(
                    "<rect x=\"%d\" y=\"%d\" width=\"14\" height=\"4\" fill=\"%s\"/>%n", at, HEIGHT - 14, line.colour));
            text(svg, at + 20, HEIGHT - 9, "start", line.name);
            at += 160;
        }
        return svg.append("</svg>\n").toString();
    }

    private void panel(StringBuilder svg, int left, int merge, Map<String, List<Point>> lines) {
        text(svg, left, TOP - 8, "start", merge == 0 ? "no write merging" : "write merging " + merge + " ms");
        for (double cpu : new double[] {0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10}) {
            if (cpu >= least * 0.7 && cpu <= most * 1.4) {
                rule(svg, left, y(cpu), left + PANEL, y(cpu));
                if (left == LEFT) {
                    text(svg, left - 6, y(cpu) + 4, "end", cpu < 1 ? String.valueOf(cpu) : String.valueOf((int) cpu));
                }
            }
        }
        for (int count : new int[] {50, 100, 200, 500, 1000, 2000}) {
            if (count >= fewest && count <= viewers) {
                rule(svg, x(left, count), TOP, x(left, count), HEIGHT - BOTTOM);
                text(svg, x(left, count), HEIGHT - BOTTOM + 15, "middle", String.valueOf(count));
            }
        }
        LINES.forEach((key, line) -> {
            StringBuilder points = new StringBuilder();
            for (Point point : lines.getOrDefault(key, List.of())) {
                double x = x(left, point.viewers);
                double y = y(point.cpu);
                points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
                svg.append(String.format(
                        Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>%n", x, y, line.colour));
            }
            svg.append(String.format(
                    "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n",
                    points.toString().strip(), line.colour));
        });
    }

    private double x(int left, int count) {
        return left
                + 10
                + (PANEL - 20) * Math.log((double) count / fewest) / Math.log(Math.max(2.0, (double) viewers / fewest));
    }

    private double y(double cpu) {
        double low = Math.log(least * 0.7);
        double high = Math.log(most * 1.4);
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (Math.log(cpu) - low) / (high - low);
    }

    private static void rule(StringBuilder svg, double x1, double y1, double x2, double y2) {
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#d8dee4\"/>%n",
                x1,
                y1,
                x2,
                y2));
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, text));
    }
}
