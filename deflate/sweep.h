/*
 * sweep.h: sweeping a hash table, see match.h, by the widest instructions there are.
 */
#ifndef SLUICE_DEFLATE_SWEEP_H
#define SLUICE_DEFLATE_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sets all entries, a multiple of 32, that are farther from `place` than any window to PLACE_FAR. */
void sluice_sweep(uint16_t *table, size_t entries, uint32_t place);

/* The same by other instructions: false: not on this machine, or not in this build. */
bool sluice_sweep_simd(uint16_t *table, size_t entries, uint32_t place);

#endif
