/** A program that embeds Ambispike, on one platform as its pom.xml says. */
module org.example.classify {
    requires org.ambispike;
    requires org.ambispike.linux.x86_64;
}
