package org.ambispike.device;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.ambispike.backend.Backend;

/**
 * Whether a backend computes what another one does, on small seeded inputs. Used by the thread of both
 * backends, which stay the caller's and hold nothing of it afterwards.
 *
 * @param reference in f32; it is believed
 * @param candidate in any precision but int8
 */
public record SelfCheck(Backend reference, Backend candidate) {
    /** A finding for each item, in order. Nothing that the candidate throws comes through. */
    public List<Finding> findings() {
        return findings(Arrays.asList(Item.values()));
    }

    /** The same of chosen items. */
    public List<Finding> findings(Collection<Item> items) {
        return items.stream().map(item -> item.of(reference, candidate)).toList();
    }

    /** The findings up to the first that did not pass: a device that failed may answer nothing more. */
    public List<Finding> untilFailure() {
        List<Finding> findings = new ArrayList<>();
        for (Item item : Item.values()) {
            Finding finding = item.of(reference, candidate);
            findings.add(finding);
            if (!finding.passed()) {
                break;
            }
        }
        return findings;
    }
}
