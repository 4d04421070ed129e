package org.shyperlab.benchmarks;

import org.jspecify.annotations.Nullable;

/**
 * The rows of the report: which bench, in words, what it shall reach, and what users get today. Published figures are medians of a real
 * hypervisor (Bao 738e3dc) under QEMU 7.2 on a machine of this size; goals are those of the project's issues 2 and 3.
 *
 * @param bench class and method, and the parameter's value after a colon
 * @param title what is measured
 * @param goal at most so many ns; null when there is no goal
 * @param published ns under QEMU; null when there is no figure
 */
record TableRow(
        String bench,
        String title,
        @Nullable Integer goal,
        @Nullable String published) {
    private static TableRow loop(GuestLoop loop, @Nullable Integer goal, @Nullable String published) {
        return new TableRow("GuestLoopBench.round:" + loop, loop.title(), goal, published);
    }

    private static TableRow plain(String bench, String title) {
        return new TableRow(bench, title, null, null);
    }

    /** All rows, in the order of the table. */
    static final TableRow[] ALL = {
        loop(GuestLoop.HVC_HYPERVISOR, 150, "1,229 (Bao)"),
        loop(GuestLoop.HVC_EMPTY, null, "579 (empty EL2 handler)"),
        loop(GuestLoop.SMC_HYPERVISOR, null, null),
        loop(GuestLoop.SYSREG_HYPERVISOR, null, null),
        loop(GuestLoop.SYSREG_EMPTY, null, null),
        loop(GuestLoop.GICD_READ, 500, "1,517 (Bao)"),
        loop(GuestLoop.GICD_WRITE, 500, "5,459 (Bao, ISENABLER)"),
        loop(GuestLoop.GICD_READ_NATIVE, null, "47 (no hypervisor)"),
        loop(GuestLoop.UART_READ, null, "44 (Bao)"),
        loop(GuestLoop.UART_READ_NATIVE, null, "48 (no hypervisor)"),
        loop(GuestLoop.SVC, null, null),
        loop(GuestLoop.COMPUTE, null, null),
        loop(GuestLoop.MEMORY, null, null),
        loop(GuestLoop.TLB_FILL, null, null),
        loop(GuestLoop.TLB_FILL_HYPERVISOR, null, null),
        loop(GuestLoop.RV_ECALL_HYPERVISOR, 150, "8,063 (Bao)"),
        loop(GuestLoop.RV_ECALL_EMPTY, null, null),
        loop(GuestLoop.RV_SBI_HYPERVISOR, 150, null),
        loop(GuestLoop.RV_PLIC_READ, 600, "8,942 (Bao)"),
        loop(GuestLoop.RV_PLIC_WRITE, 600, null),
        loop(GuestLoop.RV_PLIC_READ_NATIVE, null, null),
        loop(GuestLoop.RV_UART_READ, null, null),
        loop(GuestLoop.RV_UART_READ_NATIVE, null, null),
        loop(GuestLoop.RV_EBREAK, null, null),
        loop(GuestLoop.RV_COMPUTE, null, null),
        loop(GuestLoop.RV_MEMORY, null, null),
        loop(GuestLoop.RV_TLB_FILL, 250, null),
        loop(GuestLoop.RV_TLB_FILL_HYPERVISOR, 250, null),
        loop(GuestLoop.RV_USER_ACCESS, null, null),
        plain("BusBench.readRam", "bus: read 8 bytes of RAM"),
        plain("BusBench.writeRam", "bus: write 8 bytes of RAM, cores told"),
        plain("BusBench.readDevice", "bus: read the PL011's FR"),
        plain("GicBench.raiseAcknowledgeEnd", "GIC: line up, acknowledge, line down, end"),
        plain("VirtioBench.blockRequest", "virtio block request: 4 KiB read from a disk in memory"),
        plain("VirtioBench.packetOut", "virtio network packet: 1514 bytes transmitted"),
        plain("VirtioBench.packetIn", "virtio network packet: 1514 bytes received"),
        plain("DriverBench.request:BLOCK", "a VM's driver: 4 KiB read from a disk in memory, 3 traps, 1 interrupt"),
        plain("DriverBench.request:PACKET", "a VM's driver: 1514 bytes sent and received, 6 traps, 2 interrupts"),
        plain("HypervisorBench.stageTwoWalk", "IPA to physical address"),
        plain("HypervisorBench.walkOfBothStages", "virtual to physical address, both stages"),
        plain("HypervisorBench.save", "world switch: register file out"),
        plain("HypervisorBench.load", "world switch: register file in"),
        plain("HypervisorBench.invalidateTranslations", "TLBI VMALLS12E1IS"),
        plain("SwitchBench.unicast", "switch: 1514 bytes to a device with room"),
        plain("SwitchBench.unicastFromLearnedAddress", "switch: the same from a learned address"),
        plain("SwitchBench.broadcast", "switch: 1514 bytes to 7 devices with room"),
        plain("SwitchBench.queued", "switch: 1514 bytes by way of the queue"),
        plain("MachineBench.createAndClose", "machine made and freed (1 core, 1 GiB)"),
    };
}
