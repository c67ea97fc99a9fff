/* Shifts the time of day by CLOCK_SHIFT_SECONDS in every process that preloads this (LD_PRELOAD).
 *
 * Monotonic clocks are not changed. libfaketime does much more,
 * and with it Python cannot sleep (Debian 12 has 0.9.10) and Chromium does not start.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long long shift(void)
{
    static long long seconds;
    static int is_read;

    if (!is_read) {
        const char *value = getenv("CLOCK_SHIFT_SECONDS");
        seconds = value ? atoll(value) : 0;
        is_read = 1;
    }
    return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static int (*original)(clockid_t, struct timespec *);
    int failed;

    if (!original)
        *(void **)&original = dlsym(RTLD_NEXT, "clock_gettime");
    failed = original(clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += shift();
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec precise;

    (void)zone; /* obsolete, and ignored by Linux */
    clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *seconds)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (seconds)
        *seconds = now.tv_sec;
    return now.tv_sec;
}

int timespec_get(struct timespec *now, int base)
{
    return base == TIME_UTC && !clock_gettime(CLOCK_REALTIME, now) ? base : 0;
}

/* The kernel waits by the real clock: without this, Celery's locks would wait for years. */
int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until)
{
    static int (*original)(sem_t *, const struct timespec *);
    struct timespec real = *until;

    if (!original)
        *(void **)&original = dlsym(RTLD_NEXT, "sem_timedwait");
    real.tv_sec -= shift();
    return original(semaphore, &real);
}
