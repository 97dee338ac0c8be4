package io.headwater.api;

/** URLs of other servers as anybody may see them: without passwords, stream keys and tokens in them. */
final class Urls {
    private static final String HIDDEN = "****";

    private Urls() {}

    /** A URL that media is fetched from: without what stands before the host and behind the question mark. */
    static String shown(String url) {
        return url.replaceFirst("://[^/@]*@", "://" + HIDDEN + "@").replaceFirst("\\?.*", "?" + HIDDEN);
    }

    /** A URL that media is sent to: its last part is the key that lets one publish there. */
    static String shownTarget(String url) {
        String clean = shown(url).replaceFirst("\\?.*", "");
        int slash = clean.lastIndexOf('/');
        return slash <= clean.indexOf("://") + 2 ? clean : clean.substring(0, slash + 1) + HIDDEN;
    }
}
