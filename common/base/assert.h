/*
 * Assertions for programming errors only; never for input, peers, files or
 * data-sized memory. (Policy in docs/HACKING.md; idea from varnish vas.h.)
 */
#ifndef Q_BASE_ASSERT_H
#define Q_BASE_ASSERT_H

_Noreturn void q_panic(const char *file, int line, const char *what);

/* Always on. */
#define Q_ASSERT(cond)                          \
    do {                                        \
        if (__builtin_expect(!(cond), 0))       \
            q_panic(__FILE__, __LINE__, #cond); \
    } while (0)
#define Q_UNREACHABLE(why) q_panic(__FILE__, __LINE__, why)

/* Debug builds only (make DEBUG=1 or a sanitizer); may be expensive. */
#ifdef Q_DEBUG
#define Q_DCHECK(cond) Q_ASSERT(cond)
#else
#define Q_DCHECK(cond) ((void)0)
#endif

#endif
