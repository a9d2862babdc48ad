package org.ambispike.bench;

import java.util.OptionalDouble;

/**
 * One line of a table of measurements.
 *
 * @param section what was measured together
 * @param milliseconds median
 * @param floor what it is compared with, in milliseconds; empty for a part that only adds to a sum
 * @param ratio time over floor: the median over rounds, in each of which both were measured; empty without a floor
 * @param bound what the floor is
 */
record Row(String section, String what, double milliseconds, OptionalDouble floor, OptionalDouble ratio, String bound) {
    static Row part(String section, String what, double milliseconds, String kind) {
        return new Row(section, what, milliseconds, OptionalDouble.empty(), OptionalDouble.empty(), kind);
    }

    static Row compared(String section, String what, double milliseconds, double floor, double ratio, String bound) {
        return new Row(section, what, milliseconds, OptionalDouble.of(floor), OptionalDouble.of(ratio), bound);
    }
}
