package org.ambispike;

import java.io.File;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.ambispike.device.Device;
import org.ambispike.support.SmallNetworks;

/** A server that deploys an application again and again, each time in a class loader of its own. */
public final class Redeployments {
    private Redeployments() {}

    /** Java itself keeps the last class whose record methods it linked; a server has records of its own. */
    private record Linked(int number, String text) {}

    /** @param arguments how often, and whether all are there at once rather than one after another */
    public static void main(String[] arguments) throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        boolean together = Boolean.parseBoolean(arguments[1]);
        List<URLClassLoader> kept = new ArrayList<>();
        List<WeakReference<ClassLoader>> discarded = new ArrayList<>();
        long threads = 0;
        long heap = 0;
        for (int deployment = 0; deployment < Integer.parseInt(arguments[0]); deployment++) {
            URLClassLoader loader = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
            Thread.currentThread().setContextClassLoader(loader);
            loader.loadClass(Redeployments.class.getName())
                    .getMethod("application")
                    .invoke(null);
            Thread.currentThread().setContextClassLoader(null);
            if (together) {
                kept.add(loader);
                continue;
            }
            loader.close();
            discarded.add(new WeakReference<>(loader));
            loader = null;
            if (deployment == 1) {
                collect(discarded);
                threads = threads();
                heap = heap();
            }
        }
        System.out.println("linked " + new Linked(1, "a") + new Linked(1, "b").equals(new Linked(1, "b")));
        collect(discarded);
        System.out.println(
                "kept " + discarded.stream().filter(each -> each.get() != null).count());
        System.out.println("threads " + (threads() - threads));
        System.out.println("kilobytes " + (heap() - heap) / 1000);
        System.out.println("names "
                + Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .collect(Collectors.joining(",")));
    }

    private static void collect(List<WeakReference<ClassLoader>> discarded) throws InterruptedException {
        for (int round = 0;
                round < 3 || round < 20 && discarded.stream().anyMatch(each -> each.get() != null);
                round++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static long threads() {
        Set<Thread> all = Thread.getAllStackTraces().keySet();
        return all.size();
    }

    private static long heap() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** What is deployed: sessions of several threads, a pool, and one more session after all others were closed. */
    public static void application() {
        SpikingModel model = SpikingModel.of(SmallNetworks.random(3));
        SessionOptions options =
                SessionOptions.builder().device(Device.Request.CPU).threads(2).build();
        Images images = Images.of(new byte[Math.toIntExact(5 * SmallNetworks.IMAGE.elements())]);
        PoolOptions two = PoolOptions.builder()
                .sessions(2)
                .gathering(Duration.ofMillis(1))
                .build();
        StringBuilder answers = new StringBuilder("answers");
        try (SpikingSession session = model.openSession(options);
                SessionPool pool = SessionPool.open(model, options, two)) {
            answers.append(' ').append(session.run(images, 4).label(0));
            answers.append(' ').append(pool.run(images, 4).label(0));
        }
        try (SpikingSession session = model.openSession(options)) {
            answers.append(' ').append(session.run(images).label(0));
        }
        System.out.println(answers);
    }
}
