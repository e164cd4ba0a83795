/* What kijabi and the first process of a virtual machine say to each other over a serial line: frames of a header and a
 * payload, for several commands at once. Numbers are little-endian. */
#ifndef KIJABI_GUEST_PROTOCOL_H
#define KIJABI_GUEST_PROTOCOL_H

#include <stdint.h>

enum {
    /* Begins every frame, so that what else comes over the line (a firmware's greeting) is passed over. */
    GUEST_MARK = 0xA5,
    GUEST_PAYLOAD_LIMIT = 4096,
    GUEST_CHANNEL_LIMIT = 32,
    /* Bytes of input, and of output, that may be under way on a channel before they are acknowledged: a serial line
     * does not wait for its reader. */
    GUEST_INPUT_WINDOW = 1024,
    GUEST_OUTPUT_WINDOW = 32768,
};

enum guest_frame {
    /* to the guest */
    GUEST_RUN = 'R',    /* flags byte; columns, rows (uint16_t); argument count byte; strings: arguments, environment */
    GUEST_INPUT = 'I',  /* bytes; none is the end */
    GUEST_SIGNAL = 'S', /* a byte */
    GUEST_RESIZE = 'W', /* columns, rows */
    GUEST_HALT = 'Q',
    /* from the guest */
    GUEST_HELLO = 'H',  /* uint64_t nanoseconds since the kernel started; the kernel's release */
    GUEST_OUTPUT = 'O',
    GUEST_ERROR = 'E',
    GUEST_EXIT = 'X',   /* a wait status (int32_t), or minus an errno of a program that could not be executed */
    /* both ways */
    GUEST_ACKNOWLEDGE = 'A', /* uint32_t: bytes of input or output taken */
};

enum { GUEST_RUN_TERMINAL = 1 << 0 };

struct guest_header {
    uint8_t mark, kind;
    uint16_t channel;
    uint16_t length; /* of the payload */
} __attribute__((packed));

#endif
