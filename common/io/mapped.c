/* Mapped files. */
#include "common/io/mapped.h"
#include "common/io/roots.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the signal handler knows of a mapping. Slots are static, so that it never meets freed
 * memory; base 0 is a free slot. */
typedef struct slot {
    _Atomic uintptr_t base;
    _Atomic size_t bytes;
    _Atomic bool truncated;
} slot;

#define N_SLOTS 4096
static slot slots[N_SLOTS];
static struct sigaction previous;
static pthread_once_t installed = PTHREAD_ONCE_INIT;

struct q_mapped {
    char path[512]; /* for messages */
    char *data;
    uint64_t bytes;
    size_t reserved; /* pages of the file and the zeros behind */
    int fd;
    int64_t mtime_ns;
    slot *slot;
};

/* ---- the handler ---- */

static void call_previous(int sig, siginfo_t *info, void *context)
{
    if (previous.sa_flags & SA_SIGINFO && previous.sa_sigaction) {
        previous.sa_sigaction(sig, info, context);
    } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(sig);
    } else {
        signal(sig, SIG_DFL); /* the fault comes again and ends the process */
    }
}

static void on_sigbus(int sig, siginfo_t *info, void *context)
{
    uintptr_t at = (uintptr_t)info->si_addr, page = (uintptr_t)sysconf(_SC_PAGESIZE);
    int saved = errno;
    for (size_t i = 0; i < N_SLOTS; i++) {
        uintptr_t base = atomic_load(&slots[i].base);
        if (!base || at < base || at >= base + atomic_load(&slots[i].bytes))
            continue;
        void *hole = (void *)(at & ~(page - 1));
        if (mmap(hole, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == hole) {
            atomic_store(&slots[i].truncated, true);
            errno = saved;
            return;
        }
    }
    errno = saved;
    call_previous(sig, info, context);
}

static void install(void)
{
    struct sigaction action = {.sa_sigaction = on_sigbus,
                               .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &previous);
}

static slot *take_slot(char *base, size_t bytes)
{
    for (size_t i = 0; i < N_SLOTS; i++) {
        uintptr_t free_base = 0;
        if (atomic_load(&slots[i].base))
            continue;
        /* without length until it is set; nobody faults there meanwhile */
        if (!atomic_compare_exchange_strong(&slots[i].base, &free_base, (uintptr_t)base))
            continue;
        atomic_store(&slots[i].truncated, false);
        atomic_store(&slots[i].bytes, bytes);
        return &slots[i];
    }
    return NULL;
}

/* ---- mapping ---- */

static int64_t mtime_of(const struct stat *st)
{
    return st->st_mtim.tv_sec * INT64_C(1000000000) + st->st_mtim.tv_nsec;
}

static q_code changed(const char *path, const char *how, q_err *err)
{
    q_err_set(err, Q_E_INPUT_CHANGED, "%s %s", path, how);
    q_err_hint(err, "submit the job again once nothing writes to its input");
    return Q_E_INPUT_CHANGED;
}

static q_code open_file(q_mapped *m, const q_file *file, q_err *err)
{
    struct stat st;
    Q_TRY(q_roots_check_input(file->path, err));
    m->fd = open(file->path, O_RDONLY | O_CLOEXEC);
    if (m->fd < 0 || fstat(m->fd, &st) != 0) {
        q_code code = errno == ENOENT ? Q_E_PATH_NOT_FOUND : Q_E_IO;
        return q_err_errno(err, code, errno, "cannot open %s", file->path);
    }
    if (!S_ISREG(st.st_mode))
        return q_err_set(err, Q_E_IO, "%s is not a file", file->path);
    m->bytes = (uint64_t)st.st_size;
    m->mtime_ns = mtime_of(&st);
    if (m->bytes != file->bytes)
        return changed(file->path, "has another size than when the job was planned", err);
    if (file->mtime_ns && m->mtime_ns != file->mtime_ns)
        return changed(file->path, "was written after the job was planned", err);
    return Q_OK;
}

static q_code map_file(q_mapped *m, const char *path, q_err *err)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t file_pages = ((size_t)m->bytes + page - 1) & ~(page - 1);
    m->reserved = file_pages + page;
    m->data = mmap(NULL, m->reserved, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (m->data == MAP_FAILED) {
        m->data = NULL;
        return q_err_errno(err, Q_E_IO, errno, "no address space for %s", path);
    }
    if (m->bytes &&
        mmap(m->data, m->bytes, PROT_READ, MAP_PRIVATE | MAP_FIXED, m->fd, 0) == MAP_FAILED)
        return q_err_errno(err, Q_E_IO, errno, "cannot map %s", path);
    m->slot = take_slot(m->data, file_pages);
    if (!m->slot)
        return q_err_set(err, Q_E_IO, "more than %d files are mapped at once", N_SLOTS);
    return Q_OK;
}

q_code q_mapped_open(const q_file *file, q_mapped **out, q_err *err)
{
    q_mapped *m = calloc(1, sizeof *m);
    *out = NULL;
    if (!m)
        return q_budget_error(NULL, sizeof *m, err);
    pthread_once(&installed, install);
    m->fd = -1;
    strncpy(m->path, file->path, sizeof m->path - 1);
    q_code code = open_file(m, file, err);
    if (code == Q_OK)
        code = map_file(m, file->path, err);
    if (code != Q_OK)
        q_mapped_close(&m);
    *out = m;
    return code;
}

void q_mapped_close(q_mapped **p)
{
    q_mapped *m = *p;
    if (!m)
        return;
    if (m->slot) {
        atomic_store(&m->slot->bytes, 0);
        atomic_store(&m->slot->base, 0);
    }
    if (m->data)
        munmap(m->data, m->reserved);
    if (m->fd >= 0)
        close(m->fd);
    free(m);
    *p = NULL;
}

const char *q_mapped_data(const q_mapped *m)
{
    return m->data;
}

uint64_t q_mapped_bytes(const q_mapped *m)
{
    return m->bytes;
}

void q_mapped_prefetch(const q_mapped *m, uint64_t begin, uint64_t end)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    if (end > m->bytes)
        end = m->bytes;
    begin &= ~(uint64_t)(page - 1);
    if (begin < end)
        madvise(m->data + begin, end - begin, MADV_WILLNEED);
}

q_code q_mapped_check(const q_mapped *m, q_err *err)
{
    struct stat st;
    if (atomic_load(&m->slot->truncated))
        return changed(m->path, "became shorter while it was read", err);
    if (fstat(m->fd, &st) != 0)
        return q_err_errno(err, Q_E_IO, errno, "cannot look at %s", m->path);
    if ((uint64_t)st.st_size != m->bytes || mtime_of(&st) != m->mtime_ns)
        return changed(m->path, "was written while it was read", err);
    return Q_OK;
}
