/* Faults of the operating system, for libraries that know nothing of Python: SQLite, FAISS,
 * tantivy. Preloaded, it counts the calls that write below a folder, and at the one it is told
 *   kill   ends the process before the call,
 *   torn   writes half of what was to be written, and ends it,
 *   full   finds the disk full, from then on,
 *   io     fails this once with an error of the disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { NONE, KILL, TORN, FULL, IO };
enum { GROWS = 1, TEARS = 2 };

static char root[4096];
static long strikes_at;
static int fault = NONE;
static atomic_long steps;

void torture_arm(const char *folder, long at, const char *what) {
    const char *names[] = {"", "kill", "torn", "full", "io"};
    strncpy(root, folder, sizeof root - 1);
    strikes_at = at;
    for (int i = 1; i <= IO; i++)
        if (!strcmp(what, names[i])) fault = i;
    atomic_store(&steps, 0);
}

long torture_steps(void) { return atomic_load(&steps); }

static int below(const char *path) { return root[0] && path && !strncmp(path, root, strlen(root)); }

static int fd_below(int fd) {
    char link[64], path[4096];
    if (!root[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return below(path);
}

/* Whether the call fails now, with errno set; *tear: only half of it is to be done. */
static int strikes(int ours, int how, int *tear) {
    if (tear) *tear = 0;
    if (!ours) return 0;
    long step = atomic_fetch_add(&steps, 1) + 1;
    if (!strikes_at || step < strikes_at) return 0;
    if (fault == FULL && (how & GROWS)) { errno = ENOSPC; return 1; }
    if (step != strikes_at) return 0;
    if (fault == TORN && (how & TEARS) && tear) { *tear = 1; return 0; }
    if (fault == KILL || fault == TORN) raise(SIGKILL);
    if (fault == IO) { errno = EIO; return 1; }
    return 0;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define PATH_CALL(type, name, parameters, arguments, path, how)      \
    type name parameters {                                          \
        if (strikes(below(path), how, NULL)) return (type)-1;       \
        return REAL(name) arguments;                                \
    }
PATH_CALL(int, rename, (const char *a, const char *b), (a, b), b, GROWS)
PATH_CALL(int, renameat, (int d, const char *a, int e, const char *b), (d, a, e, b), b, GROWS)
PATH_CALL(int, unlink, (const char *a), (a), a, 0)
PATH_CALL(int, rmdir, (const char *a), (a), a, 0)
PATH_CALL(int, mkdir, (const char *a, mode_t m), (a, m), a, GROWS)
PATH_CALL(int, link, (const char *a, const char *b), (a, b), b, GROWS)
PATH_CALL(int, linkat, (int d, const char *a, int e, const char *b, int f), (d, a, e, b, f), b, GROWS)
PATH_CALL(int, symlink, (const char *a, const char *b), (a, b), b, GROWS)

int unlinkat(int fd, const char *path, int flags) {
    if (strikes(path[0] == '/' ? below(path) : fd_below(fd), 0, NULL)) return -1;
    return REAL(unlinkat)(fd, path, flags);
}

#define FD_CALL(type, name, parameters, arguments, fd, how)          \
    type name parameters {                                          \
        if (strikes(fd_below(fd), how, NULL)) return (type)-1;      \
        return REAL(name) arguments;                                \
    }
FD_CALL(int, fsync, (int fd), (fd), fd, 0)
FD_CALL(int, fdatasync, (int fd), (fd), fd, 0)
FD_CALL(int, ftruncate, (int fd, off_t n), (fd, n), fd, 0)
FD_CALL(int, ftruncate64, (int fd, off64_t n), (fd, n), fd, 0)
FD_CALL(int, fallocate, (int fd, int m, off_t o, off_t n), (fd, m, o, n), fd, GROWS)
FD_CALL(ssize_t, sendfile, (int fd, int in, off_t *o, size_t n), (fd, in, o, n), fd, GROWS)
FD_CALL(ssize_t, sendfile64, (int fd, int in, off64_t *o, size_t n), (fd, in, o, n), fd, GROWS)
FD_CALL(ssize_t, writev, (int fd, const struct iovec *v, int n), (fd, v, n), fd, GROWS)

#define WRITE_CALL(name, parameters, whole, half)                    \
    ssize_t name parameters {                                       \
        int tear;                                                   \
        if (strikes(fd_below(fd), GROWS | TEARS, &tear)) return -1; \
        if (tear) { REAL(name) half; raise(SIGKILL); }              \
        return REAL(name) whole;                                    \
    }
WRITE_CALL(write, (int fd, const void *b, size_t n), (fd, b, n), (fd, b, n / 2))
WRITE_CALL(pwrite, (int fd, const void *b, size_t n, off_t o), (fd, b, n, o), (fd, b, n / 2, o))
WRITE_CALL(pwrite64, (int fd, const void *b, size_t n, off64_t o), (fd, b, n, o), (fd, b, n / 2, o))

size_t fwrite(const void *b, size_t size, size_t n, FILE *file) {
    int tear;
    if (strikes(fd_below(fileno(file)), GROWS | TEARS, &tear)) return 0;
    if (tear) { REAL(fwrite)(b, size, n / 2, file); fflush(file); raise(SIGKILL); }
    return REAL(fwrite)(b, size, n, file);
}

#define OPEN_CALL(name, parameters, arguments)                                     \
    int name parameters {                                                         \
        va_list rest; va_start(rest, flags);                                      \
        mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                                             \
        int writes = flags & (O_CREAT | O_TRUNC);                                 \
        int makes = writes && access(path, F_OK) ? GROWS : 0;                     \
        if (strikes(writes && below(path), makes, NULL)) return -1;               \
        return REAL(name) arguments;                                              \
    }
OPEN_CALL(open, (const char *path, int flags, ...), (path, flags, mode))
OPEN_CALL(open64, (const char *path, int flags, ...), (path, flags, mode))
OPEN_CALL(openat, (int d, const char *path, int flags, ...), (d, path, flags, mode))
OPEN_CALL(openat64, (int d, const char *path, int flags, ...), (d, path, flags, mode))
