/*
 * no_threads.h: a program that includes this gets no thread from the system, and counts how many it has asked for.
 */
#ifndef TESTS_NO_THREADS_H
#define TESTS_NO_THREADS_H

#include <errno.h>
#include <pthread.h>

static unsigned asked;

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *user)
{
    (void)thread;
    (void)attributes;
    (void)run;
    (void)user;
    asked++;
    return EAGAIN;
}

#endif
