/*
 * no_threads.h: a program that includes this gets no thread from the system, and counts how many it has asked for. One
 * of the mutexes and conditions that it asks for may be refused, too.
 */
#ifndef TESTS_NO_THREADS_H
#define TESTS_NO_THREADS_H

#include "sluice.h"
#include "tests/support/check.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

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

/* Mutexes and conditions asked for, which of them is refused (-1: none), and how many there are. */
static int parts_asked, part_refused = -1, parts;

static int part(void)
{
    if (parts_asked++ == part_refused)
        return ENOMEM;
    parts++;
    return 0;
}

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
    (void)attributes;
    *mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    return part();
}

int pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes)
{
    (void)attributes;
    *condition = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    return part();
}

int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    (void)mutex;
    parts--;
    return 0;
}

int pthread_cond_destroy(pthread_cond_t *condition)
{
    (void)condition;
    parts--;
    return 0;
}

/* An allocator, to whose user, an int, it is told how many blocks are out. */
static void *counted_alloc(void *user, size_t size)
{
    ++*(int *)user;
    return malloc(size);
}

static void counted_free(void *user, void *memory)
{
    --*(int *)user;
    free(memory);
}

/* Makes an object with each mutex and condition refused in turn: what it had before is given back, the memory too. */
static void no_mutex_or_condition(void *make(const sluice_allocator *), void end(void *))
{
    int blocks = 0;
    const sluice_allocator allocator = {counted_alloc, counted_free, &blocks};
    void *object;

    for (part_refused = 0; parts_asked = 0, !(object = make(&allocator)) && part_refused < 10; part_refused++) {
        check_context("mutex or condition %d is refused", part_refused);
        CHECK_EQ(parts_asked, part_refused + 1);
        CHECK_EQ(parts, 0);
        CHECK_EQ(blocks, 0);
    }
    check_context("none is refused");
    CHECK_EQ(part_refused, 3);
    CHECK_EQ(parts, 3);
    CHECK_EQ(blocks, 1);
    end(object);
    CHECK_EQ(parts, 0);
    CHECK_EQ(blocks, 0);
}

#endif
