/*
 * assemble.c: writes the hand-made vectors and their lines of the MANIFEST (`make vectors`).
 *
 * usage: assemble SOURCE...
 *
 * Assembles each source, writes each vector's stream to its file below vectors/, and rewrites the end of
 * vectors/MANIFEST, from the line that begins with MARK on. What stands above it is kept.
 */
#include "tests/support/assembler.h"

#include <stdlib.h>
#include <string.h>

static const char MARK[] = "# By hand";

static void write_vector(const struct vector *v, void *manifest)
{
    char path[200];
    FILE *f;

    snprintf(path, sizeof path, "vectors/%s", v->file);
    f = fopen(path, "wb");
    if (!f || fwrite(v->stream, 1, v->stream_size, f) != v->stream_size || fclose(f)) {
        perror(path);
        exit(1);
    }
    vectors_print(manifest, v);
}

int main(int argc, char **argv)
{
    size_t size;
    char *head = (char *)vectors_read("MANIFEST", &size), *mark = strstr(head, MARK);
    FILE *manifest;

    if (!mark) {
        fprintf(stderr, "vectors/MANIFEST: no line begins with \"%s\"\n", MARK);
        return 1;
    }
    mark += strcspn(mark, "\n") + 1;
    manifest = fopen("vectors/MANIFEST.new", "w");
    if (!manifest) {
        perror("vectors/MANIFEST.new");
        return 1;
    }
    fwrite(head, 1, (size_t)(mark - head), manifest);
    for (int i = 1; i < argc; i++) {
        const char *name = strncmp(argv[i], "vectors/", 8) == 0 ? argv[i] + 8 : argv[i];
        char *text = (char *)vectors_read(name, &size);

        fprintf(manifest, "\n# %s\n", name);
        if (!assemble(name, text, write_vector, manifest)) {
            remove("vectors/MANIFEST.new");
            return 1;
        }
        }
    if (fclose(manifest) || rename("vectors/MANIFEST.new", "vectors/MANIFEST")) {
        perror("vectors/MANIFEST");
        return 1;
    }
    return 0;
}
