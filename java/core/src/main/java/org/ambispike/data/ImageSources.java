package org.ambispike.data;

import java.nio.file.Files;
import java.nio.file.Path;
import org.ambispike.common.InputException;

/** Tells what kind of images a file or folder holds. */
public final class ImageSources {
    private ImageSources() {}

    /**
     * Recognises images by the names of files and folders.
     *
     * @throws InputException saying what is expected, if they are of no kind that can be read
     */
    public static ImageSource recognise(Path place) {
        if (Files.isRegularFile(place) && place.toString().endsWith(".safetensors")) {
            return new TensorImages(place);
        }
        if (Files.isRegularFile(place) && place.toString().endsWith(".npy")) {
            return new ValueFile(place);
        }
        if (!Files.isDirectory(place)) {
            throw new InputException(place
                    + (Files.exists(place) ? " is of no kind that can be read" : ": there is no such file or folder")
                    + "; expected a folder of images, a safetensors file, or a .npy file");
        }
        Path cifar = new CifarFolder(place).begun() ? place : place.resolve(Published.CIFAR_10.folder());
        if (new CifarFolder(cifar).begun()) {
            return new CifarFolder(cifar);
        }
        if (new TensorImages(place).begun()) {
            return new TensorImages(place);
        }
        if (new IdxFolder(place).begun()) {
            return new IdxFolder(place);
        }
        if (new IdxFolder(place.resolve(Published.FASHION_MNIST.folder())).begun()) {
            return new IdxFolder(place.resolve(Published.FASHION_MNIST.folder()));
        }
        if (ImageFolder.holdsClasses(ImageFolder.classFolders(place))) {
            return new ImageFolder(place);
        }
        if (new PictureFolder(place).begun()) {
            return new PictureFolder(place);
        }
        throw new InputException(
                place + ": holds no images that can be read; expected folders by class with PNG or JPEG"
                        + " files (train/CLASS/*.png or CLASS/*.png), PNG or JPEG files without classes, IDX files (train-images-idx3-ubyte and so on), CIFAR-10"
                        + " binary files (data_batch_1.bin and so on), or train.safetensors and test.safetensors");
    }
}
