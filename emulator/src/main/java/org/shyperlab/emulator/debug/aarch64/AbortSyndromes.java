package org.shyperlab.emulator.debug.aarch64;

/** The ISS of instruction and data aborts in words (Arm ARM D24.2.40, "ISS encoding for an exception from a Data Abort"). */
final class AbortSyndromes {
    private static final int ISV = 1 << 24;
    private static final int SSE = 1 << 21;
    private static final int SF = 1 << 15;
    private static final int FNV = 1 << 10;
    private static final int CM = 1 << 8;
    private static final int S1PTW = 1 << 7;
    private static final int WNR = 1 << 6;

    private AbortSyndromes() {}

    static String inWords(ExceptionClass exceptionClass, int iss, boolean takenToEl2) {
        boolean isData =
                exceptionClass == ExceptionClass.DATA_ABORT_LOWER || exceptionClass == ExceptionClass.DATA_ABORT_SAME;
        if (exceptionClass == ExceptionClass.GRANULE_PROTECTION) {
            return FaultStatus.inWords(iss);
        }
        // Only what EL2 takes from below went through stage 2.
        boolean fromBelow = exceptionClass == ExceptionClass.DATA_ABORT_LOWER
                || exceptionClass == ExceptionClass.INSTRUCTION_ABORT_LOWER;
        String stage = !FaultStatus.isTranslationRegime(iss) ? "" : takenToEl2 && fromBelow ? "stage-2 " : "stage-1 ";
        return (isData ? dataAccess(iss) : "instruction fetch")
                + ", "
                + stage
                + FaultStatus.inWords(iss)
                + ((iss & S1PTW) != 0 ? ", during a stage-1 walk" : "")
                + ((iss & FNV) != 0 ? ", fault address not known" : "");
    }

    private static String dataAccess(int iss) {
        if ((iss & CM) != 0) {
            return "cache maintenance or address translation instruction";
        }
        boolean isStore = (iss & WNR) != 0;
        if ((iss & ISV) == 0) {
            return (isStore ? "store" : "load") + " (size and register are not in the syndrome, ISV=0)";
        }
        int size = 1 << (iss >>> 22 & 3);
        String bytes = size == 1 ? "1 byte" : size + " bytes";
        String register = Syndromes.register(iss >>> 16 & 31, (iss & SF) != 0);
        if (isStore) {
            return "store of %s from %s".formatted(bytes, register);
        }
        return "load of %s into %s%s".formatted(bytes, register, (iss & SSE) != 0 ? " with sign extension" : "");
    }
}
