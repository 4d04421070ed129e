/* GICv2 driver (IHI 0048B), all interrupts in group 0, signalled as IRQ. */
#include "runtime.h"

void gic_init_distributor(void)
{
    write32(GICD_CTLR, 1);
}

void gic_init_core(void)
{
    for (unsigned intid = 0; intid < 32; intid++) {
        write8(GICD_IPRIORITYR + intid, 0xa0);
    }
    write32(GICD_ISENABLER, 0xffff); /* SGIs; fixed to enabled on some implementations */
    write32(GICC_PMR, 0xf0);
    write32(GICC_CTLR, 1);
}

/* ITARGETSR0 reads as the reading core's own bit; on a machine with one core it reads as zero (4.3.12). */
unsigned gic_own_mask(void)
{
    unsigned mask = read32(GICD_ITARGETSR) & 0xff;
    return mask ? mask : 1;
}

void gic_enable(unsigned intid)
{
    if (intid >= 32) {
        write8(GICD_IPRIORITYR + intid, 0xa0);
        write8(GICD_ITARGETSR + intid, (uint8_t)gic_own_mask());
    }
    write32(GICD_ISENABLER + intid / 32 * 4, 1U << intid % 32);
}

void gic_disable(unsigned intid)
{
    write32(GICD_ICENABLER + intid / 32 * 4, 1U << intid % 32);
}

void gic_send(unsigned sgi, enum sgi_filter filter, unsigned target_mask)
{
    DSB(); /* what the receiver shall see is written before the interrupt is sent */
    write32(GICD_SGIR, (uint32_t)filter << 24 | target_mask << 16 | sgi);
}
