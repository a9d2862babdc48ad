package org.ambispike.exec;

/**
 * The moments of one step of training, which lifetimes of buffers refer to: node i runs forward at i, the mean over time
 * at n, the loss at n + 1, the mean's gradient at n + 2, node i backward at 2n + 2 - i.
 *
 * @param nodes n
 */
record Timeline(int nodes) {
    int mean() {
        return nodes;
    }

    int loss() {
        return nodes + 1;
    }

    int meanGradient() {
        return nodes + 2;
    }

    int backward(int position) {
        return 2 * nodes + 2 - position;
    }

    int end() {
        return 2 * nodes + 3;
    }
}
