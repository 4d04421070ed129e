/* Software-generated interrupts: source and target filters (IHI 0048B, 4.3.15). Core n sends SGI n + 1. */
#include "../common/ipi.h"

static volatile unsigned own_mask[MAX_CORES]; /* the core's bit at the distributor */
static volatile const char *wrong;

static unsigned own_sgi(void)
{
    return core_number() + 1;
}

void handle_exception(struct frame *frame)
{
    if (frame->vector != VECTOR_IRQ) {
        unexpected(frame);
    }
    uint32_t acknowledged = read32(GICC_IAR);
    unsigned intid = acknowledged & 1023;
    if (intid == SPURIOUS) {
        return;
    }
    write32(GICC_EOIR, acknowledged);
    if (intid < 1 || intid > machine.cores) {
        wrong = "interrupt that nobody sent";
    } else if (own_mask[intid - 1] != 1U << (acknowledged >> 10 & 7)) {
        wrong = "the source is not the sender";
    }
    receive();
}

void prepare_receiver(unsigned number)
{
    if (number == 0) {
        gic_init_distributor();
    }
    gic_init_core();
    own_mask[number] = gic_own_mask();
}

void send_to(unsigned core)
{
    gic_send(own_sgi(), SGI_LISTED, own_mask[core]);
}

static void check(const char *what, enum sgi_filter filter, unsigned list, unsigned expected)
{
    forget_received();
    gic_send(own_sgi(), filter, list);
    expect_received(what, expected);
    if (wrong) {
        fail((const char *)wrong);
    }
}

void check_senders(void)
{
    unsigned all = (1U << machine.cores) - 1;
    unsigned every_mask = 0;
    unsigned sum = 0; /* equal to the union when no bit occurs twice */
    for (unsigned core = 0; core < machine.cores; core++) {
        every_mask |= own_mask[core];
        sum += own_mask[core];
    }
    verdict("every core has its own bit", every_mask == sum);
    check("filter 2: to itself only", SGI_SELF, 0, 1);
    check("filter 1: to all others", SGI_OTHERS, 0, all & ~1U);
    check("filter 0: to every listed core", SGI_LISTED, every_mask, all);
    check("filter 0: to nobody", SGI_LISTED, 0, 0);
}
