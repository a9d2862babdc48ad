package org.ambispike.data;

/** Which part of a data set: the images to learn from, or the images to be judged on. */
public enum Split {
    TRAIN,
    TEST
}
