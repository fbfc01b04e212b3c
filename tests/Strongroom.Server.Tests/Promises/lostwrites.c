// A disk that forgets what was not forced to it. Preloaded into the server, this keeps beside the real files under LOSTWRITES_ROOT a second
// tree, LOSTWRITES_DISK, that holds of every file exactly what the last fsync or fdatasync of that file found in it, and of every name what
// the last fsync of its folder (or of the file itself, as journalling file systems do) found there. After kill -9 the second tree is the disk
// as a power cut would leave it. With LOSTWRITES_IGNORE the calls succeed and record nothing: a disk that lies.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;

static void fail(const char *what, const char *path)
{
    dprintf(2, "lostwrites: %s %s: %s\n", what, path, strerror(errno));
    abort();
}

static void make_folders(char *path)
{
    for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = 0;
        if (mkdir(path, 0700) && errno != EEXIST) fail("mkdir", path);
        *at = '/';
    }
}

// Where the durable content of a file lies, whatever its names are.
static void content_path(char *out, const char *disk, const struct stat *of)
{
    snprintf(out, PATH_MAX, "%s/.content/%lx-%lx", disk, (long)of->st_dev, (long)of->st_ino);
}

static void replace(const char *from, const char *to)
{
    char parent[PATH_MAX], fresh[PATH_MAX];
    snprintf(parent, sizeof parent, "%s", to);
    make_folders(parent);
    snprintf(fresh, sizeof fresh, "%s.lostwrites", to);
    unlink(fresh);
    if (link(from, fresh) && errno != ENOENT) fail("link", to);
    if (rename(fresh, to) && errno != ENOENT) fail("rename", to);
    unlink(fresh);   // rename of two names of one file does nothing
}

// Copies what the file holds now; whole or not at all, since the process may be killed in between.
static void keep_content(int fd, const struct stat *of, const char *disk, const char *named)
{
    char path[PATH_MAX], fresh[PATH_MAX], source[64];
    content_path(path, disk, of);
    make_folders(path);
    snprintf(fresh, sizeof fresh, "%s.new", path);
    snprintf(source, sizeof source, "/proc/self/fd/%d", fd);
    int in = open(source, O_RDONLY | O_CLOEXEC), out = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, of->st_mode & 0777);
    if (in < 0 || out < 0) fail("open", named);
    off_t at = 0;
    ssize_t got;
    while ((got = sendfile(out, in, &at, 1 << 20)) > 0) { }
    if (got < 0) fail("sendfile", named);
    close(in);
    close(out);
    if (rename(fresh, path)) fail("rename", path);
    replace(path, named);
}

// The folder's names as they are now; a file whose content was never forced out is there, and empty.
static void keep_names(const char *folder, const char *kept, const char *disk)
{
    char real[PATH_MAX], name[PATH_MAX], content[PATH_MAX], parent[PATH_MAX];
    struct stat of;
    struct dirent *entry;
    snprintf(parent, sizeof parent, "%s/x", kept);
    make_folders(parent);
    DIR *there = opendir(folder), *here = opendir(kept);
    if (!there || !here) fail("opendir", folder);
    while ((entry = readdir(here))) {
        snprintf(real, sizeof real, "%s/%s", folder, entry->d_name);
        snprintf(name, sizeof name, "%s/%s", kept, entry->d_name);
        if (entry->d_type == DT_REG && lstat(real, &of)) unlink(name);
    }
    while ((entry = readdir(there))) {
        snprintf(real, sizeof real, "%s/%s", folder, entry->d_name);
        snprintf(name, sizeof name, "%s/%s", kept, entry->d_name);
        if (lstat(real, &of) || !S_ISREG(of.st_mode)) continue;
        content_path(content, disk, &of);
        if (!access(content, F_OK)) {
            replace(content, name);
        } else {
            int empty = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, of.st_mode & 0777);
            if (empty >= 0) close(empty);
        }
    }
    closedir(there);
    closedir(here);
}

static void record(int fd)
{
    const char *root = getenv("LOSTWRITES_ROOT"), *disk = getenv("LOSTWRITES_DISK");
    if (!root || !disk || getenv("LOSTWRITES_IGNORE")) return;
    int saved = errno;
    char source[64], path[PATH_MAX], kept[PATH_MAX];
    struct stat of;
    snprintf(source, sizeof source, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(source, path, sizeof path - 1);
    if (length > 0 && !fstat(fd, &of)) {
        path[length] = 0;
        size_t prefix = strlen(root);
        if (!strncmp(path, root, prefix) && path[prefix] == '/' && !strstr(path, " (deleted)")) {
            snprintf(kept, sizeof kept, "%s%s", disk, path + prefix);
            pthread_mutex_lock(&one);
            if (S_ISDIR(of.st_mode)) keep_names(path, kept, disk);
            else if (S_ISREG(of.st_mode)) keep_content(fd, &of, disk, kept);
            pthread_mutex_unlock(&one);
        }
    }
    errno = saved;
}

// The runtime looks libc's functions up in libc itself, past what was preloaded; so the look-up is answered here too.
static void *find(void *library, const char *name)
{
    static void *(*real)(void *, const char *);
    const char *versions[] = { "GLIBC_2.34", "GLIBC_2.2.5", "GLIBC_2.17" };
    for (size_t i = 0; !real && i < sizeof versions / sizeof *versions; i++)
        real = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", versions[i]);
    if (!real) fail("find", "dlsym");
    return real(library, name);
}

int fsync(int fd);
int fdatasync(int fd);

void *dlsym(void *library, const char *name)
{
    if (library != RTLD_NEXT && !strcmp(name, "fsync")) return (void *)fsync;
    if (library != RTLD_NEXT && !strcmp(name, "fdatasync")) return (void *)fdatasync;
    return find(library, name);
}

int fsync(int fd)
{
    static int (*real)(int);
    if (!real) real = (int (*)(int))find(RTLD_NEXT, "fsync");
    int done = real(fd);
    if (!done) record(fd);
    return done;
}

int fdatasync(int fd)
{
    static int (*real)(int);
    if (!real) real = (int (*)(int))find(RTLD_NEXT, "fdatasync");
    int done = real(fd);
    if (!done) record(fd);
    return done;
}
