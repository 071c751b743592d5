/*
 * main.c: sluice-client fetches files that travel compressed.
 *
 * settings.c reads the command line; crew.c runs the transfers; transfer.c takes one file from its URL to its name;
 * source.c, target.c, taken.c, part.c and compare.c are what their names say. The protocols are below, in net/.
 */
#include "app/client/crew.h"
#include "app/client/settings.h"
#include "app/client/verdict.h"
#include "app/outfile.h"
#include "app/standard_files.h"

#include <stdio.h>

/* Removes what an earlier run that was killed left in the folder that this one writes into. */
static void sweep(const struct settings *s)
{
    if (settings_only_compare(s) || settings_to_output(s))
        return;
    if (s->output)
        outfile_sweep_beside(s->output);
    else
        outfile_sweep(s->folder ? s->folder : ".");
}

int main(int argc, char **argv)
{
    struct settings settings;
    int code;

    standard_files_hold();
    if (!settings_read(&settings, argc, argv, &code))
        return code;
    outfile_guard_signals();
    sweep(&settings);
    code = (int)crew_run(&settings);
    settings_free(&settings);
    if ((fflush(stdout) != 0 || ferror(stdout)) && code == VERDICT_OK) {
        fputs(CLIENT ": cannot write standard output\n", stderr);
        code = VERDICT_LOCAL;
    }
    return code;
}
