/** Whether a backend can be trusted on the machine at hand: what it computes, beside what the CPU does. */
package org.ambispike.check;
