package org.ambispike.support;

import java.util.SplittableRandom;
import org.ambispike.AnnModel;
import org.ambispike.data.Dataset;

/** Images for {@link SmallNetworks} that are worth learning from. */
public final class ChannelImages {
    private ChannelImages() {}

    /** Images whose class says which of the two channels are bright, normalised and named as the model has them. */
    public static Dataset of(int count, AnnModel ann) {
        SplittableRandom random = new SplittableRandom(count);
        byte[] pixels = new byte[count * 72];
        int[] labels = new int[count];
        for (int image = 0; image < count; image++) {
            labels[image] = random.nextInt(4);
            for (int index = 0; index < 72; index++) {
                boolean bright = (labels[image] >> index % 2 & 1) == 1;
                pixels[image * 72 + index] = (byte) (random.nextInt(120) + (bright ? 100 : 0));
            }
        }
        return Dataset.of("channels", SmallNetworks.IMAGE, pixels, labels, ann.classNames(), ann.normalisation());
    }
}
