/*
 * machine.c: runs the decoder's states until one stops.
 */
#include "deflate/format/frame_check.h"
#include "inflate/state.h"

typedef sluice_status state_function(struct sluice_inflater *s, struct step *t);

static state_function *const function_of[STATE_COUNT] = {
    [STATE_DETECT] = sluice_state_detect,
    [STATE_SKIP_BITS] = sluice_state_skip_bits,
    [STATE_ZLIB_METHOD] = sluice_state_zlib_method,
    [STATE_ZLIB_FLAGS] = sluice_state_zlib_flags,
    [STATE_ZLIB_DICT_ID] = sluice_state_zlib_dict_id,
    [STATE_ZLIB_DICT] = sluice_state_zlib_dict,
    [STATE_GZIP_ID1] = sluice_state_gzip_id1,
    [STATE_GZIP_ID2] = sluice_state_gzip_id2,
    [STATE_GZIP_METHOD] = sluice_state_gzip_method,
    [STATE_GZIP_FLAGS] = sluice_state_gzip_flags,
    [STATE_GZIP_FIXED] = sluice_state_gzip_fixed,
    [STATE_GZIP_XLEN] = sluice_state_gzip_xlen,
    [STATE_GZIP_EXTRA] = sluice_state_gzip_extra,
    [STATE_GZIP_NAME] = sluice_state_gzip_name,
    [STATE_GZIP_COMMENT] = sluice_state_gzip_comment,
    [STATE_GZIP_HCRC] = sluice_state_gzip_hcrc,
    [STATE_BLOCK] = sluice_state_block,
    [STATE_STORED_LENGTH] = sluice_state_stored_length,
    [STATE_STORED_DATA] = sluice_state_stored_data,
    [STATE_HLIT] = sluice_state_hlit,
    [STATE_HDIST] = sluice_state_hdist,
    [STATE_HCLEN] = sluice_state_hclen,
    [STATE_PRECODE] = sluice_state_precode,
    [STATE_LENGTHS] = sluice_state_lengths,
    [STATE_SYMBOL] = sluice_state_symbol,
    [STATE_DISTANCE] = sluice_state_distance,
    [STATE_COPY] = sluice_state_copy,
    [STATE_ZLIB_ADLER] = sluice_state_zlib_adler,
    [STATE_GZIP_CRC] = sluice_state_gzip_crc,
    [STATE_GZIP_SIZE] = sluice_state_gzip_size,
    [STATE_MEMBER] = sluice_state_member,
    [STATE_MEMBER_ID2] = sluice_state_member_id2,
    [STATE_DONE] = sluice_state_done,
};

void sluice_inflate_fold(struct sluice_inflater *s, struct step *t)
{
    s->check = frame_check(s->format, s->check, t->folded, (size_t)(t->out - t->folded));
    t->folded = t->out;
}

sluice_status sluice_inflate_run(struct sluice_inflater *s, struct step *t)
{
    sluice_status status = s->status;

    t->in_begin = t->in;
    t->out_begin = t->folded = t->out;
    t->bits = s->bits;
    t->count = s->count;
    while (status == SLUICE_OK)
        status = function_of[s->state](s, t);
    if (status != SLUICE_NEED_INPUT)
        give_back(t);
    sluice_inflate_fold(s, t);
    s->bits = low_bits(t->bits, t->count);
    s->count = t->count;
    s->taken += (uint64_t)(t->in - t->in_begin);
    s->put += (uint64_t)(t->out - t->out_begin);
    return status;
}
