package org.ambispike.onnx;

/** Why a node, or the file it stands in, cannot be converted; ends in an entry of the listing, or in an InputException. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean aboutLayout;

    Refusal(String reason) {
        this(reason, false);
    }

    private Refusal(String reason, boolean aboutLayout) {
        super(reason);
        this.aboutLayout = aboutLayout;
    }

    /** Makes one for values that lie in a way in which they cannot be read; behind another refusal it may be wrong. */
    static Refusal ofLayout(String reason) {
        return new Refusal(reason, true);
    }

    boolean isAboutLayout() {
        return aboutLayout;
    }
}
