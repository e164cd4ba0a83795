/* kijabi-stub: kubectl, docker and the other commands of kijabi as programs of the toolbox. It passes its arguments,
 * working directory, environment and three descriptors to kijabi over a Unix socket, relays signals, and exits with
 * the status that comes back. Static and without dependencies, since it must run in any container.
 *
 * Request:  "kj1\n" with the descriptors 0, 1, 2 (SCM_RIGHTS); length of what follows; number of arguments; number of
 *           environment entries; then, each ended by NUL, working directory, arguments, entries. Numbers are 32 bits,
 *           little-endian. Afterwards one byte for every signal received.
 * Answer:   the exit status, 32 bits.
 *
 * Under its own name it serves the toolbox: --init is its first process, --cell-done marks the end of a cell. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static const char socket_path[] = "/run/kijabi/command.sock";
extern char **environ;

static int complain(const char *name, const char *what) {
    dprintf(2, "%s: %s (%s)\n", name, what, strerror(errno));
    return 125;
}

/* The first process of the toolbox: adopts orphans and buries them. */
static int init(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    for (;;) {
        int signal = sigwaitinfo(&set, NULL);
        if (signal == SIGTERM || signal == SIGINT) return 0;
        while (waitpid(-1, NULL, WNOHANG) > 0) {}
    }
}

static int print_all(const char *rest, const char *end) {
    while (rest < end) {
        ssize_t written = write(1, rest, (size_t)(end - rest));
        if (written < 0 && errno != EINTR) return -1;
        if (written > 0) rest += written;
    }
    return 0;
}

/* Reads what was typed and not read. kijabi, told by an empty mark, stops passing keys on and sends the token behind the
 * last of them. */
static size_t typed_keys(const char *token, char *typed, size_t room) {
    struct termios settings, draining;
    size_t count = 0, length = strlen(token);
    if (tcgetattr(0, &settings) != 0) return 0;
    draining = settings;
    draining.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
    draining.c_iflag &= ~(tcflag_t)(ICRNL | IXON);
    draining.c_cc[VMIN] = 0;
    draining.c_cc[VTIME] = 5;
    tcsetattr(0, TCSANOW, &draining);
    char mark[256], *end = mark + snprintf(mark, sizeof mark, "\033]133;D;%s;\007", token);
    print_all(mark, end);
    while (count < room) {
        ssize_t got = read(0, typed + count, room - count);
        if (got <= 0) break;
        count += (size_t)got;
        if (count >= length && memcmp(typed + count - length, token, length) == 0) {
            count -= length;
            break;
        }
    }
    tcsetattr(0, TCSANOW, &settings);
    return count;
}

/* Writes the mark that ends a cell (OSC 133 D) to the terminal, with what was typed and not read, in hexadecimal. */
static int cell_done(const char *token, const char *status, const char *directory) {
    static char typed[32768];
    size_t count = typed_keys(token, typed, sizeof typed);
    char *mark = malloc(strlen(token) + strlen(status) + strlen(directory) + 2 * count + 32), *end = mark;
    if (!mark) return 1;
    end += sprintf(end, "\033]133;D;%s;%s;", token, status);
    for (size_t index = 0; index < count; index++) end += sprintf(end, "%02x", (unsigned char)typed[index]);
    end += sprintf(end, ";%s\007", directory);
    return print_all(mark, end) ? 1 : 0;
}

static int send_all(int connection, const void *data, size_t size) {
    const char *rest = data;
    while (size > 0) {
        ssize_t sent = send(connection, rest, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return -1;
        rest += sent;
        size -= (size_t)sent;
    }
    return 0;
}

static int send_descriptors(int connection) {
    /* A closed descriptor is passed as /dev/null. */
    int descriptors[3] = {0, 1, 2};
    for (int index = 0; index < 3; index++)
        if (fcntl(index, F_GETFD) < 0) descriptors[index] = open("/dev/null", O_RDWR);
    char magic[4] = {'k', 'j', '1', '\n'};
    struct iovec data = {magic, sizeof magic};
    union {
        char buffer[CMSG_SPACE(sizeof descriptors)];
        struct cmsghdr align;
    } control = {.buffer = {0}};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control.buffer, .msg_controllen = sizeof control.buffer};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptors);
    memcpy(CMSG_DATA(header), descriptors, sizeof descriptors);
    return sendmsg(connection, &message, MSG_NOSIGNAL) == sizeof magic ? 0 : -1;
}

static int send_request(int connection, int argc, char **argv) {
    char *directory = getcwd(NULL, 0);
    if (!directory) directory = strdup("/");
    uint32_t numbers[3] = {8, (uint32_t)argc, 0};
    numbers[0] += (uint32_t)strlen(directory) + 1;
    for (int index = 0; index < argc; index++) numbers[0] += (uint32_t)strlen(argv[index]) + 1;
    for (; environ[numbers[2]]; numbers[2]++) numbers[0] += (uint32_t)strlen(environ[numbers[2]]) + 1;
    if (send_descriptors(connection) || send_all(connection, numbers, sizeof numbers)) return -1;
    if (send_all(connection, directory, strlen(directory) + 1)) return -1;
    for (int index = 0; index < argc; index++)
        if (send_all(connection, argv[index], strlen(argv[index]) + 1)) return -1;
    for (uint32_t index = 0; index < numbers[2]; index++)
        if (send_all(connection, environ[index], strlen(environ[index]) + 1)) return -1;
    return 0;
}

/* Ends as the command would have: by the signal, so that a loop around it ends too. */
static void end_by(int signal) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t set;
    sigaction(signal, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, signal);
    raise(signal);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static int relay(int connection, int signals, const char *name) {
    struct pollfd waits[2] = {{connection, POLLIN, 0}, {signals, POLLIN, 0}};
    int interrupted = 0;
    for (;;) {
        if (poll(waits, 2, -1) < 0) continue;
        if (waits[1].revents) {
            struct signalfd_siginfo info;
            if (read(signals, &info, sizeof info) == sizeof info) {
                unsigned char signal = (unsigned char)info.ssi_signo;
                if (signal != SIGWINCH) interrupted = signal;
                send_all(connection, &signal, 1);
            }
        }
        if (waits[0].revents) {
            int32_t status = 0;
            if (recv(connection, &status, sizeof status, MSG_WAITALL) != sizeof status) {
                errno = EPIPE;
                return complain(name, "kijabi has gone");
            }
            if (interrupted && status == 128 + interrupted) end_by(interrupted);
            /* A reader that has gone away (head) ends a command silently. */
            if (status == 128 + SIGPIPE) end_by(SIGPIPE);
            return (int)status;
        }
    }
}

int main(int argc, char **argv) {
    const char *slash = strrchr(argv[0], '/');
    const char *name = slash ? slash + 1 : argv[0];
    if (strcmp(name, "kijabi-stub") == 0) {
        if (argc == 2 && strcmp(argv[1], "--init") == 0) return init();
        if (argc == 5 && strcmp(argv[1], "--cell-done") == 0) return cell_done(argv[2], argv[3], argv[4]);
        dprintf(2, "kijabi-stub: for use by kijabi inside its toolbox\n");
        return 2;
    }
    static const int relayed[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH};
    sigset_t set;
    sigemptyset(&set);
    for (size_t index = 0; index < sizeof relayed / sizeof *relayed; index++) sigaddset(&set, relayed[index]);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int signals = signalfd(-1, &set, SFD_CLOEXEC);
    int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, socket_path, sizeof socket_path);
    if (connection < 0 || connect(connection, (struct sockaddr *)&address, sizeof address) < 0)
        return complain(name, "cannot reach kijabi");
    argv[0] = (char *)name;
    if (send_request(connection, argc, argv)) return complain(name, "cannot reach kijabi");
    return relay(connection, signals, name);
}
