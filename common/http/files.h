/*
 * Files of web/, in the program itself (tools/embed_web.sh makes the table at build time).
 * Thread rule: any thread.
 */
#ifndef Q_HTTP_FILES_H
#define Q_HTTP_FILES_H

#include "common/http/http.h"

typedef struct q_http_file {
    const char *path; /* "web/master/index.html" */
    const unsigned char *data, *end;
} q_http_file;

extern const q_http_file q_http_files[]; /* ends with a NULL path */

const q_http_file *q_http_file_find(const char *path); /* NULL: there is none */
/* By the name's ending. */
const char *q_http_file_type(const char *path);
/* Answer with a file, 404 if there is none. */
void q_http_file_answer(q_http_request *r, const char *path);
/* The handler of an address that is this file; the routes of every port have it. */
void q_http_get_openapi(void *ctx, q_http_request *r);
/* The file `name` of the first folder that has one; folders end with NULL. */
void q_http_file_answer_from(q_http_request *r, const char *const *folders, const char *name);

#endif
