/*
 * crew.h: runs the transfers, several at a time, in one thread: each is stepped in turn, and when all wait, so does the
 * crew.
 */
#ifndef APP_CLIENT_CREW_H
#define APP_CLIENT_CREW_H

#include "app/client/settings.h"
#include "app/client/verdict.h"

/* Fetches all that the settings name. The verdict of the first URL, in their order, that failed, or VERDICT_OK. */
enum verdict crew_run(const struct settings *settings);

#endif
