/** Our own tiny guests as bytes, and the maker of the Linux guest. */
module org.shyperlab.guestimages {
    requires org.tukaani.xz;
    requires static transitive org.jspecify;

    exports org.shyperlab.guestimages;
    exports org.shyperlab.guestimages.debian;
    exports org.shyperlab.guestimages.linux;
}
