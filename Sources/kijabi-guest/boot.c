#include "guest.h"

#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <termios.h>

static char command_line[2048];

static void mount_at(const char *path, const char *type, const char *options) {
    mkdir(path, 0755);
    mount(type, path, type, MS_NOSUID | MS_NOEXEC, options);
}

const char *boot_option(const char *name) {
    static char value[256];
    char key[64];
    snprintf(key, sizeof key, "kijabi.%s=", name);
    const char *found = strstr(command_line, key);
    if (!found) return "";
    found += strlen(key);
    snprintf(value, sizeof value, "%.*s", (int)strcspn(found, " \n"), found);
    return value;
}

static void write_file(const char *path, const char *text, mode_t mode) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (file < 0) return;
    if (write(file, text, strlen(text)) < 0) errno = 0;
    close(file);
}

void boot_set_up(void) {
    umask(022);
    mount_at("/proc", "proc", NULL);
    mount_at("/sys", "sysfs", NULL);
    mkdir("/dev", 0755);
    mount("devtmpfs", "/dev", "devtmpfs", MS_NOSUID, NULL);
    mount_at("/dev/pts", "devpts", "mode=620,ptmxmode=666");
    mount_at("/dev/shm", "tmpfs", "mode=1777");
    int file = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        ssize_t count = read(file, command_line, sizeof command_line - 1);
        command_line[count > 0 ? count : 0] = 0;
        close(file);
    }
    char name[300];
    snprintf(name, sizeof name, "%s", boot_option("name"));
    if (*name) {
        if (sethostname(name, strlen(name)) < 0) errno = 0;
        strcat(name, "\n");
        write_file("/etc/hostname", name, 0644);
    }
    setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
    setenv("HOME", "/root", 1);
    setenv("TERM", *boot_option("term") ? boot_option("term") : "vt100", 1);
    unsetenv("BOOT_IMAGE");
}

_Noreturn void boot_halt(void) {
    sync();
    /* QEMU is told to end where a machine would start again, which works without ACPI. */
    reboot(RB_AUTOBOOT);
    for (;;) pause();
}

pid_t boot_start_console(void) {
    pid_t pid = fork();
    if (pid != 0) return pid;
    setsid();
    int console = open("/dev/ttyS0", O_RDWR);
    if (console < 0) _exit(1);
    struct termios settings;
    if (tcgetattr(console, &settings) == 0) {
        /* As a login program leaves it. */
        settings.c_iflag |= ICRNL | IUTF8;
        settings.c_oflag |= OPOST | ONLCR;
        settings.c_lflag |= ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN;
        settings.c_cflag |= CLOCAL;
        tcsetattr(console, TCSANOW, &settings);
    }
    int columns = 0, rows = 0;
    if (sscanf(boot_option("size"), "%dx%d", &columns, &rows) == 2)
        ioctl(console, TIOCSWINSZ, &(struct winsize){.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows});
    ioctl(console, TIOCSCTTY, 1);
    for (int descriptor = 0; descriptor < 3; descriptor++) dup2(console, descriptor);
    if (console > 2) close(console);
    if (chdir("/root") < 0 && chdir("/") < 0) _exit(1);
    execl("/bin/sh", "-sh", (char *)NULL);
    perror("/bin/sh");
    _exit(127);
}
