package io.headwater.multijvm;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** One page in a browser as a person has it before them, and what its scripts complained of. */
final class BrowserTab implements AutoCloseable {
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    private static final int MOST_COMPLAINTS = 50;
    private static final Duration CLICK_LIMIT = Duration.ofSeconds(30);

    private final DevTools devTools;
    private final String target;
    private final String session;
    private final List<String> complaints = new ArrayList<>();

    BrowserTab(DevTools devTools, String target, String session) {
        this.devTools = devTools;
        this.target = target;
        this.session = session;
        devTools.onEvents(session, this::happened);
        for (String domain : List.of("Page", "Runtime", "Log")) {
            call(domain + ".enable", Map.of());
        }
    }

    private void happened(String event, JsonNode about) {
        if (event.equals("Runtime.exceptionThrown")) {
            JsonNode details = about.path("exceptionDetails");
            complain(details.path("text").asText() + " "
                    + details.path("exception").path("description").asText());
        } else if (event.equals("Log.entryAdded")
                && about.path("entry").path("level").asText().equals("error")) {
            complain(about.path("entry").path("text").asText() + " "
                    + about.path("entry").path("url").asText());
        }
    }

    private synchronized void complain(String what) {
        if (complaints.size() < MOST_COMPLAINTS) {
            complaints.add(what);
        }
    }

    /** Exceptions of the page's scripts, and what the browser itself logged as an error, oldest first. */
    synchronized List<String> complaints() {
        return List.copyOf(complaints);
    }

    private JsonNode call(String method, Map<String, ?> parameters) {
        return devTools.call(session, method, parameters);
    }

    BrowserTab go(String url) {
        JsonNode gone = call("Page.navigate", Map.of("url", url));
        if (gone.has("errorText")) {
            throw new AssertionError(url + ": " + gone.path("errorText").asText());
        }
        return this;
    }

    /** The value of an expression, promises awaited; fails with the page's words if it throws. */
    JsonNode value(String expression) {
        JsonNode said = call(
                "Runtime.evaluate",
                Map.of("expression", expression, "returnByValue", true, "awaitPromise", true, "userGesture", true));
        if (said.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + said.path("exceptionDetails"));
        }
        return said.path("result").path("value");
    }

    /** Waits until the expression has a value that is as wanted. */
    JsonNode await(String what, Duration limit, String expression, Predicate<JsonNode> wanted) {
        return Await.value(what, limit, () -> value(expression), wanted);
    }

    /** Waits until the expression is true. */
    void awaitTrue(Duration limit, String expression) {
        await(expression, limit, expression, JsonNode::asBoolean);
    }

    /** A window of that size, of a telephone if it is small. */
    BrowserTab size(int width, int height) {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
        return this;
    }

    /** {@code dark} or {@code light}, as the system of the person prefers. */
    BrowserTab prefers(String scheme) {
        call(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        return this;
    }

    /**
     * Clicks with the mouse in the middle of an element, once it is in view and nothing is over it; again, as a person would,
     * if the page moved it away from under the mouse meanwhile.
     */
    BrowserTab click(String selector) {
        Await.value(selector + " is clicked", CLICK_LIMIT, () -> clicked(selector), String::isEmpty);
        return this;
    }

    /** Why the element was not clicked; empty if it was. */
    private String clicked(String selector) {
        JsonNode at = value("((element) => { if (!element) return 'it is not there';"
                + "element.scrollIntoView({block: 'center', behavior: 'instant'});"
                + "const {x, y, width, height} = element.getBoundingClientRect();"
                + "const at = {x: x + width / 2, y: y + height / 2};"
                + "const hit = document.elementFromPoint(at.x, at.y);"
                + "if (!element.contains(hit)) return `${hit?.outerHTML.slice(0, 200)} is over it`;"
                + "window.clickCame = false;"
                + "element.addEventListener('click', () => { window.clickCame = true; }, {once: true, capture: true});"
                + "return at; })(document.querySelector(`" + selector + "`))");
        if (!at.isObject()) {
            return at.asText();
        }
        for (String type : List.of("mousePressed", "mouseReleased")) {
            call(
                    "Input.dispatchMouseEvent",
                    Map.of(
                            "type",
                            type,
                            "x",
                            at.path("x").asDouble(),
                            "y",
                            at.path("y").asDouble(),
                            "button",
                            "left",
                            "clickCount",
                            1));
        }
        return value("window.clickCame !== false").asBoolean() ? "" : "the click went elsewhere";
    }

    /** Presses a key that writes nothing, such as Tab or Enter, where the focus is. */
    BrowserTab press(String key, int code) {
        String text = key.equals("Enter") ? "\r" : "";
        for (String type : List.of("keyDown", "keyUp")) {
            call(
                    "Input.dispatchKeyEvent",
                    Map.of(
                            "type",
                            type,
                            "key",
                            key,
                            "code",
                            key,
                            "windowsVirtualKeyCode",
                            code,
                            "text",
                            type.equals("keyDown") ? text : ""));
        }
        return this;
    }

    /** Writes into what has the focus. */
    BrowserTab write(String words) {
        call("Input.insertText", Map.of("text", words));
        return this;
    }

    /** Puts what was copied last where the focus is. */
    BrowserTab paste() {
        for (String type : List.of("keyDown", "keyUp")) {
            call(
                    "Input.dispatchKeyEvent",
                    Map.of(
                            "type",
                            type,
                            "key",
                            "v",
                            "code",
                            "KeyV",
                            "windowsVirtualKeyCode",
                            86,
                            "modifiers",
                            2,
                            "commands",
                            type.equals("keyDown") ? List.of("paste") : List.of()));
        }
        return this;
    }

    /** Keeps what is seen, or the whole page, as {@code target/screenshots/NAME.png}. */
    Path screenshot(String name, boolean wholePage) {
        // what fades from one look into another has done so, and two frames, so that what was changed last is drawn
        value("Promise.race([new Promise((late) => setTimeout(late, 2000, true)), Promise.all(document.getAnimations()"
                + ".filter((one) => one instanceof CSSTransition).map((one) => one.finished.catch(() => null)))"
                + ".then(() => true)])");
        value("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))");
        JsonNode made = call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", wholePage));
        try {
            return Files.write(
                    Files.createDirectories(SCREENSHOTS).resolve(name + ".png"),
                    Base64.getDecoder().decode(made.path("data").asText()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        devTools.call("", "Target.closeTarget", Map.of("targetId", target));
    }
}
