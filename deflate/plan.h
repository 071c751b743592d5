/*
 * plan.h: where blocks end, and what is in them, at the levels that look for the cheapest.
 */
#ifndef SLUICE_DEFLATE_PLAN_H
#define SLUICE_DEFLATE_PLAN_H

#include "deflate/cost.h"
#include "deflate/state.h"

enum {
    PLAN_CELL = 2048, /* bytes that are in one block, at first */
    PLAN_CELLS = 128  /* of them, at most */
};

/* What such a level takes upon itself. */
struct effort {
    uint32_t bytes;   /* that are looked at together, and so in a block at most; below 2^18 + 1 (cost.h) */
    uint32_t matches; /* room for so many */
    uint8_t whole;    /* times that the cheapest way is looked for in all of them, before they are cut into blocks */
    uint8_t passes;   /* and in each block */
    bool exact;       /* what a block would cost is computed, not estimated */
};

/* What is known of the data, and what was made of it. */
struct learned {
    struct statistics symbols; /* that it had lately */
    struct costs costs;        /* at which the way was found */
    uint32_t plan[PLAN_CELLS + 1]; /* where the blocks begin, in bytes, the end of the last one behind */
    uint16_t cell[PLAN_CELLS];     /* the cells with which they begin; there is what symbols they have */
};

static inline struct learned *learned_of(struct sluice_deflater *s)
{
    return (struct learned *)(void *)((uint8_t *)s + s->at.learned);
}
static inline uint8_t *counts_of(struct sluice_deflater *s) { return (uint8_t *)s + s->at.counts; }
static inline uint32_t *matches_of(struct sluice_deflater *s)
{
    return (uint32_t *)(void *)((uint8_t *)s + s->at.matches);
}
static inline uint32_t *costs_of(struct sluice_deflater *s) { return (uint32_t *)(void *)((uint8_t *)s + s->at.costs); }
static inline uint16_t *steps_of(struct sluice_deflater *s) { return (uint16_t *)(void *)((uint8_t *)s + s->at.steps); }
static inline struct statistics *cells_of(struct sluice_deflater *s)
{
    return (struct statistics *)(void *)((uint8_t *)s + s->at.cells);
}

/* A chunk is complete: plans, if enough has gathered. */
void sluice_plan_chunk(struct sluice_deflater *s);

/* The data ends: plans what is left of it. */
void sluice_plan_end(struct sluice_deflater *s);

/* Makes the tokens of the next block that is planned. True: something is to be written. */
bool sluice_plan_next(struct sluice_deflater *s);

/* The matches of s->block on move to the front of their room. */
void sluice_plan_compact(struct sluice_deflater *s);

#endif
