/*
 * dynamic.h: the codes of a dynamic block and the header that tells them, in as few bits as can be (RFC 1951 3.2.7).
 */
#ifndef SLUICE_DEFLATE_DYNAMIC_H
#define SLUICE_DEFLATE_DYNAMIC_H

#include "deflate/state.h"

enum dynamic_effort {
    DYNAMIC_QUICK,    /* the best lengths for the data, and repetitions as they come */
    DYNAMIC_THOROUGH, /* the best repetitions too */
    DYNAMIC_SMOOTH    /* and lengths that repeat more, if that is less altogether */
};

/*
 * Makes the lengths of both codes for these symbols (the end of the block among them) and the header for them. Gives
 * the bits of header and symbols, without the extra bits of lengths and distances.
 */
uint64_t sluice_dynamic(struct dynamic *dynamic, const struct statistics *of, uint8_t *litlen, uint8_t *distance,
                        enum dynamic_effort effort);

#endif
