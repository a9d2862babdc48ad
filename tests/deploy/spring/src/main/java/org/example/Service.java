package org.example;

import io.micrometer.core.instrument.Tags;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.imageio.ImageIO;
import org.ambispike.Images;
import org.ambispike.PoolOptions;
import org.ambispike.Prediction;
import org.ambispike.Predictor;
import org.ambispike.SessionOptions;
import org.ambispike.SessionPool;
import org.ambispike.SpikingModel;
import org.ambispike.data.ImageTransform;
import org.ambispike.micrometer.SessionPoolMetrics;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers POST /classify, whose body is a picture, with the three most probable classes. */
@SpringBootApplication
public class Service {
    public static void main(String[] arguments) {
        SpringApplication.run(Service.class, arguments);
    }

    /** Closed with the application. */
    @Bean(destroyMethod = "close")
    SessionPool pool(@Value("${model}") Path file) {
        SpikingModel model = SpikingModel.load(file);
        PoolOptions waiting = PoolOptions.builder()
                .gathering(Duration.ofMillis(2))
                .patience(Duration.ofSeconds(5))
                .build();
        SessionPool pool = SessionPool.open(model, SessionOptions.defaults(), waiting);
        pool.warmUp(model.timeSteps(), 1, 8);
        return pool;
    }

    @Bean
    SessionPoolMetrics metrics(SessionPool pool) {
        return new SessionPoolMetrics(pool, Tags.empty());
    }

    @RestController
    static class Controller {
        private final Predictor predictor;

        Controller(Predictor predictor) {
            this.predictor = predictor;
        }

        @PostMapping("/classify")
        CompletableFuture<List<Prediction>> classify(InputStream body) throws IOException {
            BufferedImage picture = ImageIO.read(body);
            ImageTransform fitting = ImageTransform.fitting(predictor.model().inputShape());
            return predictor.runAsync(Images.of(fitting, picture)).thenApply(result -> result.topK(0, 3));
        }
    }
}
