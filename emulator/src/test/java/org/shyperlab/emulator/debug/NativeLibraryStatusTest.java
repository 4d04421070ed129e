package org.shyperlab.emulator.debug;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NativeLibraryStatusTest {
    @Test
    void everyLibraryIsEitherUsableWithPathAndVersionOrHasAProblemInWords() {
        assertThat(NativeLibraryStatus.all())
                .extracting(NativeLibraryStatus::name)
                .containsExactly("Unicorn", "Capstone");
        assertThat(NativeLibraryStatus.all()).allSatisfy(status -> {
            if (status.isUsable()) {
                assertThat(status.path()).isAbsolute().hasFileName(status.fileName());
                assertThat(status.version()).startsWith(status.needed().replace("x", ""));
            } else {
                assertThat(status.problem())
                        .contains(status.fileName(), status.needed(), "scripts/shyper doctor --install");
            }
        });
    }
}
