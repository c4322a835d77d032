/* Files that the program carries. */
#include "common/http/files.h"

#include <stdio.h>
#include <string.h>

const q_http_file *q_http_file_find(const char *path)
{
    for (const q_http_file *f = q_http_files; f->path; f++) {
        if (strcmp(f->path, path) == 0)
            return f;
    }
    return NULL;
}

const char *q_http_file_type(const char *path)
{
    static const char *const types[][2] = {{".html", "text/html; charset=utf-8"},
                                           {".css", "text/css; charset=utf-8"},
                                           {".js", "text/javascript; charset=utf-8"},
                                           {".json", "application/json"},
                                           {".svg", "image/svg+xml"},
                                           {".png", "image/png"},
                                           {".ico", "image/x-icon"},
                                           {".woff2", "font/woff2"},
                                           {".txt", "text/plain; charset=utf-8"}};
    const char *ending = strrchr(path, '.');
    for (size_t i = 0; ending && i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(ending, types[i][0]) == 0)
            return types[i][1];
    }
    return "application/octet-stream";
}

static void answer(q_http_request *r, const q_http_file *f)
{
    if (f)
        q_http_bytes(r, q_http_file_type(f->path), f->data, (size_t)(f->end - f->data));
    else
        q_http_error(r, 404, "NOT_FOUND", "there is no such file", NULL);
}

void q_http_file_answer(q_http_request *r, const char *path)
{
    answer(r, q_http_file_find(path));
}

void q_http_file_answer_from(q_http_request *r, const char *const *folders, const char *name)
{
    const q_http_file *f = NULL;
    char path[512];
    for (; *folders && !f; folders++) {
        snprintf(path, sizeof path, "%s/%s", *folders, name);
        f = q_http_file_find(path);
    }
    answer(r, f);
}

void q_http_get_openapi(void *ctx, q_http_request *r)
{
    (void)ctx;
    q_http_file_answer(r, "docs/openapi.json");
}
