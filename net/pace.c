/* pace.c: see pace.h. A rate of R bytes a second is R thousandths of a byte a millisecond, so that whole numbers do. */
#include "net/pace.h"

/* A byte in the unit of credit. */
enum { BYTE = 1000 };

void pace_begin(struct pace *p, uint64_t rate, uint64_t now)
{
    *p = (struct pace){.rate = rate < PACE_RATE_MAX ? rate : PACE_RATE_MAX, .last = now};
}

size_t pace_room(struct pace *p, uint64_t now)
{
    uint64_t most = p->rate * PACE_CREDIT_MS;
    uint64_t passed = now - p->last;

    if (p->rate == 0)
        return SIZE_MAX;
    if (most < BYTE) /* less than 4 bytes a second: a byte at a time */
        most = BYTE;
    if (passed > BYTE) /* a second fills any credit; no product below overflows */
        passed = BYTE;
    p->credit += passed * p->rate;
    if (p->credit > most)
        p->credit = most;
    p->last = now;
    return (size_t)(p->credit / BYTE);
}

void pace_spend(struct pace *p, size_t size)
{
    const uint64_t spent = (uint64_t)size * BYTE;

    if (p->rate != 0)
        p->credit -= spent < p->credit ? spent : p->credit;
}

uint64_t pace_next(const struct pace *p)
{
    uint64_t wanted = p->rate * PACE_WAIT_MS;

    if (wanted < BYTE)
        wanted = BYTE;
    return p->credit >= wanted ? p->last : p->last + (wanted - p->credit + p->rate - 1) / p->rate;
}
