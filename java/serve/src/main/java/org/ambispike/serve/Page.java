package org.ambispike.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The one page, made of its resources, and the policy that lets nothing but its own script and style run. */
final class Page {
    private static final List<String> SCRIPTS = List.of(
            "state.js",
            "client.js",
            "raster.js",
            "charts.js",
            "settling.js",
            "classes.js",
            "outputs.js",
            "boxes.js",
            "view.js",
            "player.js",
            "page.js");

    private Page() {}

    static Reply reply() {
        String style = ChartScript.style() + "\n" + resource("page.css");
        String script = SCRIPTS.stream().map(Page::resource).collect(Collectors.joining("\n", "\"use strict\";\n", ""));
        String html = resource("page.html").replace("/*STYLE*/", style).replace("/*SCRIPT*/", script);
        String policy = "default-src 'none'; connect-src 'self'; img-src 'self' blob: data:; style-src " + hash(style)
                + "; script-src " + hash(script)
                + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        return Reply.of(
                "text/html; charset=utf-8",
                html.getBytes(StandardCharsets.UTF_8),
                Map.of(
                        "Content-Security-Policy",
                        policy,
                        "Referrer-Policy",
                        "no-referrer",
                        "Cache-Control",
                        "no-cache"));
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static String resource(String file) {
        try (InputStream in = Page.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not in the jar; build it anew");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
