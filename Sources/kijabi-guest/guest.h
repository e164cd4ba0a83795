/* The first process of a virtual machine: mounts what a user space needs, keeps a shell on the console, and runs commands
 * for kijabi, which it hears over a second serial line. Statically linked, since nothing else is there yet. */
#ifndef KIJABI_GUEST_H
#define KIJABI_GUEST_H

#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "../CLinux/include/GuestProtocol.h"

/* ---- boot.c */

/* Mounts the kernel's file systems, names the machine. */
void boot_set_up(void);
/* The value of `kijabi.NAME=` on the kernel's command line, or "". */
const char *boot_option(const char *name);
/* Ends the machine. */
_Noreturn void boot_halt(void);
/* Starts the shell of the console; its pid. */
pid_t boot_start_console(void);

/* ---- line.c: the serial line to kijabi */

int line_open(const char *path);
/* Writes a frame, however long that takes. */
void line_send(uint8_t kind, uint16_t channel, const void *payload, size_t length);
/* Reads what is there and hands whole frames to `take`. */
void line_receive(void (*take)(const struct guest_header *header, const uint8_t *payload));

/* ---- channel.c: the commands that run */

struct channel {
    bool is_used, has_terminal;
    pid_t pid; /* 0 when it has ended */
    int status;
    int input, output, error; /* our ends, or -1 */
    uint8_t pending[GUEST_INPUT_WINDOW];
    size_t pending_count;
    bool input_ends;
    size_t unacknowledged; /* bytes of output under way */
};

extern struct channel channels[GUEST_CHANNEL_LIMIT];

void channel_take(const struct guest_header *header, const uint8_t *payload);
/* Something may be read from, or written to, the descriptor. */
void channel_output(uint16_t number, int *descriptor, uint8_t kind);
void channel_input(uint16_t number);
/* The process with this pid has ended. */
void channel_ended(pid_t pid, int status);
/* Tells of the end once all output has been sent. */
void channel_settle(uint16_t number);

#endif
