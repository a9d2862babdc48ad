package org.ambispike.paper;

import java.util.Locale;

/** How long a recipe trains; of deep networks also their width and how many images. Networks have some of them. */
public enum Profile {
    /** For seeing that all works: a narrow network and a part of the images, minutes on two cores. */
    SMOKE,
    /** For trying out: minutes on two cores. */
    QUICK,
    /** For results without a GPU: a narrow network and all images, an hour on two cores. */
    SMALL,
    /** For results. */
    FULL;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
