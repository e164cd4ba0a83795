#include "guest.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

struct channel channels[GUEST_CHANNEL_LIMIT];

static void close_end(int *descriptor) {
    if (*descriptor >= 0) close(*descriptor);
    *descriptor = -1;
}

static void refuse(uint16_t number, int error) {
    int32_t status = -error;
    line_send(GUEST_EXIT, number, &status, sizeof status);
}

/* Splits `count` strings out of *position. */
static bool split(const char **position, const char *end, char **strings, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const char *zero = memchr(*position, 0, (size_t)(end - *position));
        if (!zero) return false;
        strings[i] = (char *)(uintptr_t)*position;
        *position = zero + 1;
    }
    strings[count] = NULL;
    return true;
}

static _Noreturn void execute(char **arguments, char **environment, const int ends[3], const char *terminal, int report) {
    setsid();
    if (terminal) {
        int slave = open(terminal, O_RDWR);
        if (slave < 0 || ioctl(slave, TIOCSCTTY, 0) < 0) _exit(126);
        for (int descriptor = 0; descriptor < 3; descriptor++) dup2(slave, descriptor);
        if (slave > 2) close(slave);
    } else {
        for (int descriptor = 0; descriptor < 3; descriptor++) dup2(ends[descriptor], descriptor);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (; *environment; environment++) putenv(*environment);
    if (chdir("/root") < 0 && chdir("/") < 0) _exit(126);
    execvp(arguments[0], arguments);
    int error = errno;
    if (write(report, &error, sizeof error) < 0) _exit(126);
    _exit(127);
}

static void run(uint16_t number, const uint8_t *payload, size_t length) {
    static char *arguments[257], *environment[257];
    struct channel *channel = &channels[number];
    if (channel->is_used || length < 6) return refuse(number, EBUSY);
    uint8_t flags = payload[0], argument_count = payload[5];
    uint16_t size[2];
    memcpy(size, payload + 1, sizeof size);
    const char *position = (const char *)payload + 6, *end = (const char *)payload + length;
    if (argument_count == 0 || !split(&position, end, arguments, argument_count)) return refuse(number, EINVAL);
    size_t variables = 0;
    for (const char *rest = position; rest < end && variables < 256; rest++) variables += *rest == 0;
    if (!split(&position, end, environment, variables)) return refuse(number, EINVAL);
    int input[2] = {-1, -1}, output[2] = {-1, -1}, error[2] = {-1, -1}, report[2];
    bool has_terminal = flags & GUEST_RUN_TERMINAL;
    int master = -1;
    char *terminal = NULL;
    if (pipe2(report, O_CLOEXEC) < 0) return refuse(number, errno);
    if (has_terminal) {
        master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0) return refuse(number, errno);
        terminal = ptsname(master);
        ioctl(master, TIOCSWINSZ, &(struct winsize){.ws_col = size[0], .ws_row = size[1]});
    } else if (pipe2(input, O_CLOEXEC) < 0 || pipe2(output, O_CLOEXEC) < 0 || pipe2(error, O_CLOEXEC) < 0) {
        return refuse(number, errno);
    }
    pid_t pid = fork();
    if (pid == 0) execute(arguments, environment, (int[3]){input[0], output[1], error[1]}, terminal, report[1]);
    close(report[1]);
    close_end(&input[0]);
    close_end(&output[1]);
    close_end(&error[1]);
    int failure = 0;
    bool failed = pid < 0 || read(report[0], &failure, sizeof failure) == (ssize_t)sizeof failure;
    close(report[0]);
    if (failed) {
        if (pid < 0) failure = errno;
        else waitpid(pid, NULL, 0);
        close_end(&input[1]);
        close_end(&output[0]);
        close_end(&error[0]);
        close_end(&master);
        return refuse(number, failure);
    }
    *channel = (struct channel){.is_used = true, .has_terminal = has_terminal, .pid = pid, .error = error[0]};
    channel->input = has_terminal ? fcntl(master, F_DUPFD_CLOEXEC, 3) : input[1];
    channel->output = has_terminal ? master : output[0];
    fcntl(channel->input, F_SETFL, O_NONBLOCK);
    fcntl(channel->output, F_SETFL, O_NONBLOCK);
    if (channel->error >= 0) fcntl(channel->error, F_SETFL, O_NONBLOCK);
}

void channel_take(const struct guest_header *header, const uint8_t *payload) {
    uint16_t number = header->channel;
    if (header->kind == GUEST_HALT) boot_halt();
    if (number >= GUEST_CHANNEL_LIMIT) return;
    struct channel *channel = &channels[number];
    if (header->kind == GUEST_RUN) return run(number, payload, header->length);
    if (!channel->is_used) return;
    switch (header->kind) {
    case GUEST_INPUT:
        if (header->length == 0) channel->input_ends = true;
        size_t room = sizeof channel->pending - channel->pending_count;
        size_t taken = header->length < room ? header->length : room;
        memcpy(channel->pending + channel->pending_count, payload, taken);
        channel->pending_count += taken;
        channel_input(number);
        break;
    case GUEST_SIGNAL:
        /* Its group: what it started is part of it. */
        if (header->length == 1 && channel->pid > 0) kill(-channel->pid, payload[0]);
        break;
    case GUEST_RESIZE:
        if (header->length == 4 && channel->has_terminal && channel->output >= 0) {
            uint16_t size[2];
            memcpy(size, payload, sizeof size);
            ioctl(channel->output, TIOCSWINSZ, &(struct winsize){.ws_col = size[0], .ws_row = size[1]});
        }
        break;
    case GUEST_ACKNOWLEDGE:
        if (header->length == 4) {
            uint32_t count;
            memcpy(&count, payload, sizeof count);
            channel->unacknowledged -= count < channel->unacknowledged ? count : channel->unacknowledged;
        }
        break;
    }
}

void channel_input(uint16_t number) {
    struct channel *channel = &channels[number];
    uint32_t taken = 0;
    while (channel->pending_count > 0) {
        ssize_t count = channel->input >= 0 ? write(channel->input, channel->pending, channel->pending_count) : -1;
        if (count < 0 && errno == EAGAIN && channel->input >= 0) break;
        if (count < 0 && errno == EINTR) continue;
        /* Nobody reads it any more: it counts as taken. */
        if (count < 0) {
            count = (ssize_t)channel->pending_count;
            close_end(&channel->input);
        }
        taken += (uint32_t)count;
        channel->pending_count -= (size_t)count;
        memmove(channel->pending, channel->pending + count, channel->pending_count);
    }
    if (taken > 0) line_send(GUEST_ACKNOWLEDGE, number, &taken, sizeof taken);
    /* A terminal's end of input is a key. */
    if (channel->input_ends && channel->pending_count == 0 && !channel->has_terminal) close_end(&channel->input);
}

void channel_output(uint16_t number, int *descriptor, uint8_t kind) {
    struct channel *channel = &channels[number];
    uint8_t bytes[GUEST_PAYLOAD_LIMIT];
    ssize_t count = read(*descriptor, bytes, sizeof bytes);
    if (count > 0) {
        channel->unacknowledged += (size_t)count;
        line_send(kind, number, bytes, (size_t)count);
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        close_end(descriptor);
    }
}

void channel_ended(pid_t pid, int status) {
    for (uint16_t number = 0; number < GUEST_CHANNEL_LIMIT; number++) {
        struct channel *channel = &channels[number];
        if (!channel->is_used || channel->pid != pid) continue;
        channel->pid = 0;
        channel->status = status;
        channel_settle(number);
    }
}

void channel_settle(uint16_t number) {
    struct channel *channel = &channels[number];
    if (!channel->is_used || channel->pid != 0) return;
    /* What it wrote before its end is in the pipes; what others still hold open is not waited for. */
    while (channel->unacknowledged < GUEST_OUTPUT_WINDOW) {
        ssize_t before = (ssize_t)channel->unacknowledged;
        if (channel->output >= 0) channel_output(number, &channel->output, GUEST_OUTPUT);
        if (channel->error >= 0) channel_output(number, &channel->error, GUEST_ERROR);
        if ((ssize_t)channel->unacknowledged == before) {
            int32_t status = channel->status;
            close_end(&channel->input);
            close_end(&channel->output);
            close_end(&channel->error);
            channel->is_used = false;
            line_send(GUEST_EXIT, number, &status, sizeof status);
            return;
        }
    }
}
