/*
 * cpp.cc: from C++: an object that frees itself, and errors as exceptions.
 *
 *     c++ -I. -o cpp app/examples/cpp.cc build/libsluice.a -pthread
 */
#include "sluice.h"

#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

struct Free {
    void operator()(sluice_deflater *deflater) const { sluice_deflate_free(deflater); }
    void operator()(sluice_inflater *inflater) const { sluice_inflate_free(inflater); }
};
using Deflater = std::unique_ptr<sluice_deflater, Free>;
using Inflater = std::unique_ptr<sluice_inflater, Free>;

std::string compress(const std::string &text, int level)
{
    sluice_deflate_options options = sluice_deflate_defaults();
    options.format = SLUICE_GZIP;
    options.level = level;
    Deflater deflater(sluice_deflate_new(&options, nullptr));
    if (!deflater)
        throw std::bad_alloc();

    std::string packed(sluice_compress_bound(text.size(), options.format), '\0');
    std::size_t size = 0;
    const sluice_status status =
        sluice_compress(deflater.get(), text.data(), text.size(), &packed[0], packed.size(), &size);
    if (status != SLUICE_OK)
        throw std::runtime_error(sluice_status_text(status));
    packed.resize(size);
    return packed;
}

/* The size of what comes out is not known: it grows with it, up to `most`. */
std::string decompress(const std::string &packed, std::uint64_t most)
{
    sluice_inflate_options options = sluice_inflate_defaults();
    options.max_output = most;
    Inflater inflater(sluice_inflate_new(&options, nullptr));
    if (!inflater)
        throw std::bad_alloc();

    std::string text;
    sluice_input in = {packed.data(), packed.size(), 0};
    sluice_status status;
    do {
        const void *span;
        std::size_t length;
        status = sluice_inflate_next(inflater.get(), &in, &span, &length);
        text.append(static_cast<const char *>(span), length);
    } while (status == SLUICE_NEED_OUTPUT);
    if (status == SLUICE_NEED_INPUT)
        status = sluice_inflate_finish(inflater.get());
    if (status != SLUICE_END)
        throw std::runtime_error(sluice_status_text(status));
    return text;
}

} // namespace

int main()
{
    std::string text;
    for (int i = 0; i < 1000; i++)
        text += "line " + std::to_string(i) + "\n";
    const std::string packed = compress(text, 9);
    if (decompress(packed, 1 << 20) != text)
        return 1;
    try {
        decompress(packed.substr(0, packed.size() / 2), 1 << 20);
        return 1;
    } catch (const std::runtime_error &error) {
        std::cout << "half of it: " << error.what() << "\n";
    }
    return 0;
}
