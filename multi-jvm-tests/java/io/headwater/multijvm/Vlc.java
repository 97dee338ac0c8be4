package io.headwater.multijvm;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** VLC without a screen, where it is installed; it refuses to be run by root and is run as nobody then. */
final class Vlc {
    private static final String NOBODY = "65534";

    private Vlc() {}

    /** Says so where it is not. */
    static boolean isInstalled() {
        try {
            Process version = new ProcessBuilder(command("--version"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (version.waitFor(60, TimeUnit.SECONDS) && version.exitValue() == 0) {
                return true;
            }
            version.destroyForcibly();
        } catch (IOException notThere) {
            // said below
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.err.println("SKIPPED: vlc is not installed");
        return false;
    }

    /** Plays for some seconds and writes what it demultiplexed into {@code file}. */
    static Process record(String url, int seconds, Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (!folder.toFile().setWritable(true, false) || !folder.toFile().setExecutable(true, false)) {
            throw new IOException(folder + " cannot be opened to nobody");
        }
        return new ProcessBuilder(command(
                        "-I",
                        "dummy",
                        "--no-color",
                        "--run-time=" + seconds,
                        "--play-and-exit",
                        url,
                        "--sout",
                        "#std{access=file,mux=ts,dst=" + file.toAbsolutePath() + "}",
                        "vlc://quit"))
                .redirectErrorStream(true)
                .redirectOutput(new File(file + ".log"))
                .start();
    }

    /** Pictures in a recording that decode. */
    static long pictures(Path file) throws Exception {
        Ffmpeg.Run run = Ffmpeg.run(
                "count-" + file.getFileName(),
                "ffprobe",
                List.of(
                        "-v",
                        "quiet",
                        "-count_frames",
                        "-select_streams",
                        "v",
                        "-show_entries",
                        "stream=nb_read_frames",
                        "-of",
                        "csv=p=0",
                        file.toString()));
        if (!run.ended(60)) {
            throw new AssertionError("ffprobe hangs on " + file);
        }
        String said =
                run.output().lines().findFirst().orElse("").replace(",", "").trim();
        return said.matches("[0-9]+") ? Long.parseLong(said) : 0;
    }

    private static List<String> command(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
            command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
            command.addAll(List.of("env", "HOME=" + System.getProperty("java.io.tmpdir")));
        }
        command.add("cvlc");
        command.addAll(List.of(arguments));
        return command;
    }
}
