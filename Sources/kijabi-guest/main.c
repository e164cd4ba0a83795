#include "guest.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

static pid_t console;
/* The machine ends with the console's shell. */
static bool ends_with_console;

static void say_hello(void) {
    struct timespec now;
    struct utsname names;
    uint8_t payload[8 + sizeof names.release];
    clock_gettime(CLOCK_BOOTTIME, &now);
    uname(&names);
    uint64_t nanoseconds = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    memcpy(payload, &nanoseconds, sizeof nanoseconds);
    memcpy(payload + sizeof nanoseconds, names.release, strlen(names.release));
    line_send(GUEST_HELLO, 0, payload, sizeof nanoseconds + strlen(names.release));
}

static void reap(void) {
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid != console) {
            channel_ended(pid, status);
        } else if (ends_with_console) {
            int32_t last = status;
            line_send(GUEST_EXIT, UINT16_MAX, &last, sizeof last);
            boot_halt();
        } else {
            console = boot_start_console();
        }
    }
}

int main(void) {
    if (getpid() != 1) {
        fprintf(stderr, "kijabi-guest: the first process of a virtual machine, and nothing else\n");
        return 2;
    }
    boot_set_up();
    sigset_t watched;
    sigemptyset(&watched);
    sigaddset(&watched, SIGCHLD);
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_BLOCK, &watched, NULL);
    int children = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
    int line = line_open("/dev/ttyS1");
    if (line < 0) perror("kijabi-guest: /dev/ttyS1");
    say_hello();
    ends_with_console = strcmp(boot_option("console"), "once") == 0;
    if (strcmp(boot_option("console"), "none") != 0) console = boot_start_console();
    for (;;) {
        struct pollfd polled[2 + 3 * GUEST_CHANNEL_LIMIT] = {{.fd = children, .events = POLLIN},
                                                            {.fd = line, .events = POLLIN}};
        for (size_t i = 0; i < GUEST_CHANNEL_LIMIT; i++) {
            struct channel *channel = &channels[i];
            bool flows = channel->is_used && channel->unacknowledged < GUEST_OUTPUT_WINDOW;
            struct pollfd *ends = &polled[2 + 3 * i];
            ends[0] = (struct pollfd){.fd = channel->is_used && channel->pending_count > 0 ? channel->input : -1, .events = POLLOUT};
            ends[1] = (struct pollfd){.fd = flows ? channel->output : -1, .events = POLLIN};
            ends[2] = (struct pollfd){.fd = flows ? channel->error : -1, .events = POLLIN};
        }
        if (poll(polled, sizeof polled / sizeof *polled, -1) < 0) continue;
        if (polled[1].revents) line_receive(channel_take);
        for (uint16_t i = 0; i < GUEST_CHANNEL_LIMIT; i++) {
            struct pollfd *ends = &polled[2 + 3 * i];
            if (!channels[i].is_used) continue;
            if (ends[0].revents) channel_input(i);
            if (ends[1].revents && channels[i].output >= 0) channel_output(i, &channels[i].output, GUEST_OUTPUT);
            if (ends[2].revents && channels[i].error >= 0) channel_output(i, &channels[i].error, GUEST_ERROR);
            channel_settle(i);
        }
        if (polled[0].revents) {
            struct signalfd_siginfo information;
            while (read(children, &information, sizeof information) > 0) continue;
            reap();
        }
    }
}
