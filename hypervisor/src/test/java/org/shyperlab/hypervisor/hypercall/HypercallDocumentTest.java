package org.shyperlab.hypervisor.hypercall;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HypercallDocumentTest {
    private static final Path PAGE = Path.of("../docs/hypercalls.md");

    @Test
    void thePageInTheDocumentationIsTheOneThatTheTablesGive() throws IOException {
        if (Boolean.getBoolean("hypercalls.write")) {
            Files.writeString(PAGE, HypercallDocument.text());
        }
        assertThat(Files.readString(PAGE)).isEqualTo(HypercallDocument.text());
    }

    @Test
    void everyCodeIsFoundAndBelongsToOneCall() {
        for (Hypercall call : Hypercall.values()) {
            assertThat(Hypercall.of(call.code())).isSameAs(call);
        }
        assertThat(Hypercall.of(-1)).isNull();
        assertThat(Hypercall.of(0x1_0000_0000L | Hypercall.TEST.code())).isNull();
    }

    @Test
    void argumentsThatTellTheLengthOfOthersAreThere() {
        for (Hypercall call : Hypercall.values()) {
            assertThat(call.arguments())
                    .hasSizeLessThanOrEqualTo(Hypercalls.ARGUMENTS)
                    .allSatisfy(argument -> {
                        boolean counted =
                                argument.kind() == Argument.Kind.BYTES || argument.kind() == Argument.Kind.WORDS;
                        assertThat(argument.length())
                                .isBetween(counted ? 0 : -1, call.arguments().size() - 1);
                    });
        }
    }

    @Test
    void onlyTheManagementVmConfiguresAndRemovesVms() {
        assertThat(Arrays.stream(Hypercall.values())
                        .filter(call -> call.group() == HypercallGroup.CONFIG || call.group() == HypercallGroup.SYS)
                        .filter(call -> call.permission() != Permission.MVM))
                .containsExactly(Hypercall.TEST);
        assertThat(Hypercall.VM_REMOVE.permission()).isEqualTo(Permission.MVM);
    }
}
