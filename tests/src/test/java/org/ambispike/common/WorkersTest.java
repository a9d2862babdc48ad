package org.ambispike.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void allHaveEndedAndAnInterruptIsKept() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        Runnable work = () -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        List<Thread> workers = List.of(new Thread(work), new Thread(work));
        workers.forEach(Thread::start);
        Thread waiting = Thread.currentThread();
        Thread interrupts = new Thread(() -> {
            waiting.interrupt();
            release.countDown();
        });
        interrupts.start();

        Workers.join(workers);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(workers).noneMatch(Thread::isAlive);
        interrupts.join();
    }
}
