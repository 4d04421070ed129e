package org.shyperlab.hypervisor.hypercall;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every argument of every call against its rule in the table: each wrong value is refused, and nothing has changed. */
class HypercallArgumentsTest {
    private static final long RAM = TestVms.RAM;
    private static final long END = TestVms.RAM + TestVms.RAM_SIZE;
    private static final int CALLER = 0;
    private static final long LENGTH = 16;
    private static final long[] NO_ADDRESSES = {
        Long.MIN_VALUE, -1, -8, 0x900_0000L, 0x804_0000L, 0x7_0000_0000L, 1L << 40, Long.MAX_VALUE, Long.MAX_VALUE - 15
    };

    private final TestVms vms = new TestVms(3, false);

    /** A value that the rule allows. */
    private static long good(Argument argument) {
        return switch (argument.kind()) {
            case ANY -> LENGTH;
            case NUMBER, OPTIONAL_PAGE -> 0;
            case VM, GUEST, PEER, FORCED_VM -> 1;
            case BUFFER, PAGE, BYTES, WORDS -> RAM;
        };
    }

    private static List<Long> numbers(long... values) {
        List<Long> list = new ArrayList<>();
        for (long value : values) {
            list.add(value);
        }
        return list;
    }

    private static List<Long> addresses(long length) {
        List<Long> wrong = numbers(NO_ADDRESSES);
        wrong.addAll(numbers(0, RAM - 1, RAM - length, END, END - length + 1, END - 1));
        return wrong;
    }

    /** Values that it forbids. */
    private static List<Long> bad(Argument argument) {
        return switch (argument.kind()) {
            case ANY -> List.of();
            case NUMBER -> numbers(-1, argument.limit() + 1, Long.MIN_VALUE, Long.MAX_VALUE);
            case VM -> numbers(-1, 3, TestVms.MOST, 0x1_0001, 1L << 32, 1L << 32 | 1, Long.MIN_VALUE, Long.MAX_VALUE);
            case GUEST -> numbers(0, -1, 3, TestVms.MOST, 0x1_0001, 1L << 32 | 1, Long.MIN_VALUE, Long.MAX_VALUE);
            case PEER -> numbers(CALLER, -1, 0x1_0000, 1L << 32 | 1, Long.MIN_VALUE, Long.MAX_VALUE);
            case FORCED_VM ->
                numbers(-1, 3, 0x1_0003, 0x2_0001, 1L << 32 | 1, Long.MIN_VALUE | 1, Long.MAX_VALUE, TestVms.MOST);
            case BUFFER -> addresses(argument.limit());
            case PAGE -> pages(addresses(0x1000));
            case OPTIONAL_PAGE -> {
                List<Long> wrong = pages(addresses(0x1000));
                wrong.remove(Long.valueOf(0));
                yield wrong;
            }
            case BYTES -> addresses(LENGTH);
            case WORDS -> addresses(LENGTH * 8);
        };
    }

    private static List<Long> pages(List<Long> wrong) {
        wrong.addAll(numbers(RAM + 1, RAM + 8, RAM + 0x800, END - 0x800, -0x1000, Long.MAX_VALUE & -0x1000));
        return wrong;
    }

    private void assertRefused(Hypercall call, long... values) {
        assertThat(vms.call(CALLER, call, values))
                .as("%s with %s", call, Arrays.toString(values))
                .isIn(HypercallError.BAD_ARGUMENT.code(), HypercallError.NO_SUCH_VM.code());
        assertThat(vms.errors.removeLast()).as("names the call").contains(call.toString());
    }

    private List<Long> everything() {
        return List.of(
                vms.fingerprint(0), vms.fingerprint(1), vms.fingerprint(2), (long) vms.notifications.size(), (long)
                        vms.vms().size());
    }

    private static long[] goodValues(Hypercall call) {
        long[] values = new long[Hypercalls.ARGUMENTS];
        for (int i = 0; i < call.argumentCount(); i++) {
            values[i] = good(call.arguments().get(i));
        }
        return values;
    }

    @ParameterizedTest
    @EnumSource(Hypercall.class)
    void everyWrongValueOfEveryArgumentIsRefusedAndChangesNothing(Hypercall call) {
        if (call.state() != Hypercall.State.WORKS) {
            return;
        }
        List<Long> before = everything();
        for (int i = 0; i < call.argumentCount(); i++) {
            Argument argument = call.arguments().get(i);
            for (long wrong : bad(argument)) {
                long[] values = goodValues(call);
                values[i] = wrong;
                assertRefused(call, values);
            }
        }
        assertThat(everything()).isEqualTo(before);
    }

    /** Lengths that are negative, too large, overflow when counted in words, or reach one byte too far. */
    @ParameterizedTest
    @EnumSource(Hypercall.class)
    void everyWrongLengthOfARangeIsRefusedAndChangesNothing(Hypercall call) {
        if (call.state() != Hypercall.State.WORKS) {
            return;
        }
        List<Long> before = everything();
        for (int i = 0; i < call.argumentCount(); i++) {
            Argument argument = call.arguments().get(i);
            if (argument.length() < 0) {
                continue;
            }
            int size = argument.kind() == Argument.Kind.WORDS ? 8 : 1;
            long[] lengths = {
                -1, argument.limit() + 1, 1L << 32, 1L << 61, (1L << 61) + 1, Long.MIN_VALUE, Long.MAX_VALUE
            };
            for (long length : lengths) {
                long[] values = goodValues(call);
                values[argument.length()] = length;
                assertRefused(call, values);
            }
            for (long length : new long[] {1, LENGTH, Math.min(argument.limit(), 64)}) {
                long[] values = goodValues(call);
                values[i] = END - length * size + 1;
                values[argument.length()] = length;
                assertRefused(call, values);
            }
        }
        assertThat(everything()).isEqualTo(before);
        assertThat(vms.hasEnded()).isFalse();
    }
}
