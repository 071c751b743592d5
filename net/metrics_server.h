/*
 * metrics_server.h: answers GET /metrics with what metrics.h counts. A listener of its own, so that it can be where
 * clients cannot reach it; and it is answered when there are too many of them.
 */
#ifndef NET_METRICS_SERVER_H
#define NET_METRICS_SERVER_H

#include "net/connection.h"

extern const struct protocol metrics_protocol;

#endif
