#include "guest.h"

#include <poll.h>
#include <termios.h>

static int line = -1;
static uint8_t received[2 * (sizeof(struct guest_header) + GUEST_PAYLOAD_LIMIT)];
static size_t received_count;

int line_open(const char *path) {
    line = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    struct termios settings;
    if (line < 0 || tcgetattr(line, &settings) < 0) return -1;
    cfmakeraw(&settings);
    settings.c_cflag |= CLOCAL;
    cfsetspeed(&settings, B115200);
    return tcsetattr(line, TCSANOW, &settings) < 0 ? -1 : line;
}

static void write_all(const uint8_t *bytes, size_t length) {
    while (length > 0) {
        ssize_t count = write(line, bytes, length);
        if (count > 0) {
            bytes += count;
            length -= (size_t)count;
        } else if (errno == EAGAIN) {
            poll(&(struct pollfd){.fd = line, .events = POLLOUT}, 1, -1);
        } else if (errno != EINTR) {
            return;
        }
    }
}

void line_send(uint8_t kind, uint16_t channel, const void *payload, size_t length) {
    struct guest_header header = {GUEST_MARK, kind, channel, (uint16_t)length};
    write_all((const uint8_t *)&header, sizeof header);
    write_all(payload, length);
}

void line_receive(void (*take)(const struct guest_header *header, const uint8_t *payload)) {
    ssize_t count = read(line, received + received_count, sizeof received - received_count);
    if (count <= 0) return;
    received_count += (size_t)count;
    size_t position = 0;
    while (received_count - position >= sizeof(struct guest_header)) {
        struct guest_header header;
        memcpy(&header, received + position, sizeof header);
        if (header.mark != GUEST_MARK || header.length > GUEST_PAYLOAD_LIMIT) {
            position++;
            continue;
        }
        if (received_count - position < sizeof header + header.length) break;
        take(&header, received + position + sizeof header);
        position += sizeof header + header.length;
    }
    received_count -= position;
    memmove(received, received + position, received_count);
}
