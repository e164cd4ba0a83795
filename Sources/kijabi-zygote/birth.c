/* How containers were built: the steps of the latest ones and when each was done, for whoever looks at one (xray). They are
 * written by the child itself, which has a copy of this memory, hence into pages that it shares with the zygote. A step
 * costs one clock_gettime, which needs no system call. */
#include "zygote.h"

#include <sys/mman.h>
#include <time.h>

enum { BIRTH_LIMIT = 256, STEP_LIMIT = 62 };

struct birth {
    int32_t number;
    uint32_t count;
    uint64_t begin; /* nanoseconds of CLOCK_MONOTONIC */
    struct {
        const char *call; /* a literal: it is at the same place in the child */
        uint64_t at;
    } steps[STEP_LIMIT];
};

static struct birth *births, *current;
static unsigned next;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void birth_begin(int32_t number) {
    if (!births) {
        void *pages = mmap(NULL, BIRTH_LIMIT * sizeof *births, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (pages == MAP_FAILED) return;
        births = pages;
    }
    current = &births[next++ % BIRTH_LIMIT];
    current->number = number;
    current->count = 0;
    current->begin = now();
}

void birth_pause(void) { current = NULL; }

static void record(struct birth *birth, const char *call) {
    if (birth->count >= STEP_LIMIT) return;
    birth->steps[birth->count].call = call;
    birth->steps[birth->count].at = now();
    birth->count++;
}

void birth_step(const char *call) {
    if (current) record(current, call);
}

struct birth *birth_current(void) { return current; }

void birth_end(struct birth *birth, int32_t number, const char *call) {
    if (birth && birth->number == number) record(birth, call);
}

static struct birth *find(int32_t number) {
    for (unsigned i = 0; births && i < BIRTH_LIMIT; i++)
        if (births[i].number == number) return &births[i];
    return NULL;
}

size_t birth_tell(int32_t number, char *text, size_t size) {
    struct birth *birth = find(number);
    size_t length = 0;
    for (uint32_t i = 0; birth && i < birth->count && length < size; i++) {
        int written = snprintf(text + length, size - length, "%llu %s\n",
                               (unsigned long long)(birth->steps[i].at - birth->begin), birth->steps[i].call);
        if (written < 0 || (size_t)written >= size - length) break;
        length += (size_t)written;
    }
    return length;
}
