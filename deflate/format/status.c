/* status.c: the one table of what a status is called and how it is said. */
#include "sluice.h"

struct status_text {
    sluice_status status;
    const char *name;
    const char *text;
};

/* clang-format off */
static const struct status_text table[] = {
    {SLUICE_OK, "SLUICE_OK", "done"},
    {SLUICE_END, "SLUICE_END", "the stream is whole"},
    {SLUICE_NEED_INPUT, "SLUICE_NEED_INPUT", "more input is needed"},
    {SLUICE_NEED_OUTPUT, "SLUICE_NEED_OUTPUT", "more room for output is needed"},
    {SLUICE_NEED_DICTIONARY, "SLUICE_NEED_DICTIONARY", "the stream needs a preset dictionary"},
    {SLUICE_BLOCK, "SLUICE_BLOCK", "at the start of a block"},
    {SLUICE_ERR_ARGUMENT, "SLUICE_ERR_ARGUMENT", "an argument or option is out of range"},
    {SLUICE_ERR_STATE, "SLUICE_ERR_STATE", "the call does not fit the state of the object"},
    {SLUICE_ERR_MEMORY, "SLUICE_ERR_MEMORY", "not enough memory"},
    {SLUICE_ERR_ROOM, "SLUICE_ERR_ROOM", "the output does not fit in the room given"},
    {SLUICE_ERR_TRUNCATED, "SLUICE_ERR_TRUNCATED", "the input ends before the stream does"},
    {SLUICE_ERR_LIMIT, "SLUICE_ERR_LIMIT", "the output would exceed the limit set for it"},
    {SLUICE_ERR_FORMAT, "SLUICE_ERR_FORMAT", "this is neither a gzip nor a zlib stream"},
    {SLUICE_ERR_DICTIONARY, "SLUICE_ERR_DICTIONARY", "the dictionary is not the one that the stream names"},
    {SLUICE_ERR_BLOCK_TYPE, "SLUICE_ERR_BLOCK_TYPE", "the block type is the reserved one, 3"},
    {SLUICE_ERR_STORED_LENGTH, "SLUICE_ERR_STORED_LENGTH",
     "the length of a stored block does not agree with its complement"},
    {SLUICE_ERR_LITLEN_COUNT, "SLUICE_ERR_LITLEN_COUNT", "more than 286 literal/length codes are declared"},
    {SLUICE_ERR_DISTANCE_COUNT, "SLUICE_ERR_DISTANCE_COUNT", "more than 30 distance codes are declared"},
    {SLUICE_ERR_PRECODE_OVERFULL, "SLUICE_ERR_PRECODE_OVERFULL", "the code length code is over-subscribed"},
    {SLUICE_ERR_PRECODE_INCOMPLETE, "SLUICE_ERR_PRECODE_INCOMPLETE", "the code length code is incomplete"},
    {SLUICE_ERR_REPEAT_FIRST, "SLUICE_ERR_REPEAT_FIRST", "a code length is repeated before there is one"},
    {SLUICE_ERR_REPEAT_OVERRUN, "SLUICE_ERR_REPEAT_OVERRUN",
     "a repeated code length passes the declared number of codes"},
    {SLUICE_ERR_NO_END_OF_BLOCK, "SLUICE_ERR_NO_END_OF_BLOCK", "the block has no end-of-block code"},
    {SLUICE_ERR_LITLEN_OVERFULL, "SLUICE_ERR_LITLEN_OVERFULL", "the literal/length code is over-subscribed"},
    {SLUICE_ERR_LITLEN_INCOMPLETE, "SLUICE_ERR_LITLEN_INCOMPLETE", "the literal/length code is incomplete"},
    {SLUICE_ERR_DISTANCE_OVERFULL, "SLUICE_ERR_DISTANCE_OVERFULL", "the distance code is over-subscribed"},
    {SLUICE_ERR_DISTANCE_INCOMPLETE, "SLUICE_ERR_DISTANCE_INCOMPLETE", "the distance code is incomplete"},
    {SLUICE_ERR_LITLEN_UNUSED, "SLUICE_ERR_LITLEN_UNUSED", "bits that are no literal/length code"},
    {SLUICE_ERR_LITLEN_SYMBOL, "SLUICE_ERR_LITLEN_SYMBOL", "literal/length symbol 286 or 287, which must not occur"},
    {SLUICE_ERR_DISTANCE_UNUSED, "SLUICE_ERR_DISTANCE_UNUSED", "bits that are no distance code"},
    {SLUICE_ERR_DISTANCE_SYMBOL, "SLUICE_ERR_DISTANCE_SYMBOL", "distance symbol 30 or 31, which must not occur"},
    {SLUICE_ERR_DISTANCE_START, "SLUICE_ERR_DISTANCE_START", "a distance reaches before the start of the output"},
    {SLUICE_ERR_DISTANCE_WINDOW, "SLUICE_ERR_DISTANCE_WINDOW", "a distance exceeds the declared window"},
    {SLUICE_ERR_ZLIB_METHOD, "SLUICE_ERR_ZLIB_METHOD", "the zlib header names a method other than deflate"},
    {SLUICE_ERR_ZLIB_WINDOW, "SLUICE_ERR_ZLIB_WINDOW", "the zlib header declares a window larger than allowed"},
    {SLUICE_ERR_ZLIB_CHECK, "SLUICE_ERR_ZLIB_CHECK", "the check bits of the zlib header are wrong"},
    {SLUICE_ERR_ZLIB_ADLER, "SLUICE_ERR_ZLIB_ADLER", "the Adler-32 of the output is not the one in the trailer"},
    {SLUICE_ERR_GZIP_ID, "SLUICE_ERR_GZIP_ID", "a gzip member does not begin with 1f 8b"},
    {SLUICE_ERR_GZIP_METHOD, "SLUICE_ERR_GZIP_METHOD", "the gzip header names a method other than deflate"},
    {SLUICE_ERR_GZIP_FLAGS, "SLUICE_ERR_GZIP_FLAGS", "a reserved flag is set in the gzip header"},
    {SLUICE_ERR_GZIP_HEADER_CRC, "SLUICE_ERR_GZIP_HEADER_CRC", "the CRC-16 of the gzip header is wrong"},
    {SLUICE_ERR_GZIP_CRC, "SLUICE_ERR_GZIP_CRC", "the CRC-32 of the output is not the one in the trailer"},
    {SLUICE_ERR_GZIP_SIZE, "SLUICE_ERR_GZIP_SIZE", "the length of the output is not the one in the trailer"},
};
/* clang-format on */

static const struct status_text *find(sluice_status status)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].status == status)
            return &table[i];
    return NULL;
}

const char *sluice_status_text(sluice_status status)
{
    const struct status_text *found = find(status);
    return found ? found->text : "unknown status";
}

const char *sluice_status_name(sluice_status status)
{
    const struct status_text *found = find(status);
    return found ? found->name : "SLUICE_UNKNOWN";
}

const char *sluice_version(void)
{
    return SLUICE_VERSION;
}
