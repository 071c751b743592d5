/*
 * pace.h: holds a flow to a rate. Credit grows with time and is spent by bytes; it never exceeds a quarter of a
 * second's worth, so that a flow that had stopped does not make up for it by a burst.
 */
#ifndef NET_PACE_H
#define NET_PACE_H

#include <stddef.h>
#include <stdint.h>

struct pace {
    uint64_t rate;   /* bytes a second; 0: no limit */
    uint64_t credit; /* thousandths of bytes that may pass now; invariant: at most rate * PACE_CREDIT_MS, or 1000 */
    uint64_t last;   /* clock in milliseconds when credit was right */
};

/* How many milliseconds' worth of bytes credit may grow to, and for how many a flow that has none left waits. */
enum { PACE_CREDIT_MS = 250, PACE_WAIT_MS = 50 };

/* Rates above this are no limit in practice; it keeps the sums within 64 bits. */
#define PACE_RATE_MAX (UINT64_C(1) << 40)

void pace_begin(struct pace *p, uint64_t rate, uint64_t now);

/* The bytes that may pass at `now`; SIZE_MAX without a limit. */
size_t pace_room(struct pace *p, uint64_t now);

/* `size` bytes have passed. If they are more than pace_room() gave, the rest is forgiven: for what cannot be cut. */
void pace_spend(struct pace *p, size_t size);

/* When it makes sense to ask again after a room of 0: some milliseconds' worth, and a byte at least, will be there. */
uint64_t pace_next(const struct pace *p);

#endif
