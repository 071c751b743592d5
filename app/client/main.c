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

#include <fcntl.h>
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

/*
 * Standard input, output and error are open, whatever the caller did: else a file opened here would get their number,
 * and what is printed would land in it. One that was closed is opened the wrong way round, so that using it is an
 * error.
 */
static void hold_standard_files(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    struct settings settings;
    int code;

    hold_standard_files();
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
