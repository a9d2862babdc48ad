package org.ambispike.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.ambispike.data.Dataset;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Makes data frames of images that the driver has read, for example of Fashion-MNIST. */
public final class ImageRows {
    /** The column of pixels [H, W, C], unsigned bytes. */
    public static final String IMAGE = "image";
    /** The column of labels, ints; absent where images have none. */
    public static final String LABEL = "label";

    private ImageRows() {}

    /**
     * Makes a row of each image, in order.
     *
     * @param partitions at least 1
     */
    public static org.apache.spark.sql.Dataset<Row> of(SparkSession spark, Dataset images, int partitions) {
        StructType schema = new StructType().add(IMAGE, DataTypes.BinaryType, false);
        if (images.labelled()) {
            schema = schema.add(LABEL, DataTypes.IntegerType, false);
        }
        List<Row> rows = new ArrayList<>(images.size());
        for (int image = 0; image < images.size(); image++) {
            rows.add(
                    images.labelled()
                            ? RowFactory.create(images.image(image), images.label(image))
                            : RowFactory.create((Serializable) images.image(image)));
        }
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        return spark.createDataFrame(context.parallelize(rows, partitions), schema);
    }
}
