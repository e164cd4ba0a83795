/* What hides files of lower layers, as overlayfs has it (Documentation/filesystems/overlayfs.rst). */
#include "job.h"

#include <sys/sysmacros.h>
#include <sys/xattr.h>

/* Overlays are mounted by the harbour's root, for whom trusted attributes do not exist: mount option userxattr. */
static const char opaque_attribute[] = "user.overlay.opaque";

bool is_whiteout(const struct stat *status) {
    return S_ISCHR(status->st_mode) && status->st_rdev == makedev(0, 0);
}

void whiteout_make(int parent, const char *name, const char *path) {
    /* The one device node that anybody may make (Linux 5.8). */
    if (mknodat(parent, name, S_IFCHR, makedev(0, 0)) < 0) fail(errno, "make whiteout", path);
}

void opaque_make(int parent, const char *name, const char *path) {
    int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0 || fsetxattr(directory, opaque_attribute, "y", 1, 0) < 0) fail(errno, "make opaque", path);
    close(directory);
}

bool is_opaque(int directory) {
    char value;
    return fgetxattr(directory, opaque_attribute, &value, 1) == 1 && value == 'y';
}

bool is_private_attribute(const char *name) {
    return strncmp(name, "user.overlay.", 13) == 0 || strncmp(name, "trusted.", 8) == 0 ||
           strncmp(name, "system.", 7) == 0 ||
           (strncmp(name, "security.", 9) == 0 && strcmp(name, "security.capability") != 0);
}
