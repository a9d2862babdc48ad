import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import javassist.bytecode.AccessFlag;
import javassist.bytecode.ClassFile;
import javassist.bytecode.MethodInfo;

/**
 * Copies the classes of some packages from one jar into another, without what is private or of the package alone, and
 * without the bodies of methods. Called by api-baseline.sh.
 */
class ApiBaseline {
    public static void main(String[] arguments) throws IOException {
        List<String> packages = Arrays.asList(arguments).subList(2, arguments.length);
        try (JarFile full = new JarFile(arguments[0]);
                JarOutputStream baseline = new JarOutputStream(Files.newOutputStream(Path.of(arguments[1])))) {
            List<JarEntry> classes = full.stream()
                    .filter(entry -> entry.getName().endsWith(".class") && packages.contains(packageOf(entry)))
                    .sorted((left, right) -> left.getName().compareTo(right.getName()))
                    .toList();
            for (JarEntry entry : classes) {
                JarEntry copy = new JarEntry(entry.getName());
                copy.setTime(0); // the same interface gives the same file
                baseline.putNextEntry(copy);
                DataOutputStream out = new DataOutputStream(baseline);
                withoutBodies(full.getInputStream(entry).readAllBytes()).write(out);
                out.flush();
            }
        }
    }

    private static String packageOf(JarEntry entry) {
        String name = entry.getName();
        return name.substring(0, Math.max(0, name.lastIndexOf('/'))).replace('/', '.');
    }

    private static ClassFile withoutBodies(byte[] bytes) throws IOException {
        ClassFile file = new ClassFile(new DataInputStream(new ByteArrayInputStream(bytes)));
        file.getFields().removeIf(field -> isHidden(field.getAccessFlags()));
        file.getMethods().removeIf(method -> isHidden(method.getAccessFlags()));
        file.getMethods().forEach(MethodInfo::removeCodeAttribute);
        file.removeAttribute("BootstrapMethods"); // of lambdas in bodies
        file.removeAttribute("SourceFile");
        file.compact();
        return file;
    }

    private static boolean isHidden(int flags) {
        return !AccessFlag.isPublic(flags) && !AccessFlag.isProtected(flags);
    }
}
