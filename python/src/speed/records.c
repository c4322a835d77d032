/* Columns to dicts. */
#include <string.h>

#include "speed.h"

/* Values repeat (categories, their averages, a job's time): one object serves for all of them. */
#define CACHE    64u
#define PATIENCE 512u /* values after which a cache that does not help is left alone */

typedef struct cached {
    uint64_t key;
    uint32_t len;
    PyObject *value;
} cached;

typedef struct column {
    int kind;
    PyObject *list; /* borrowed; or: */
    Py_buffer validity, values, offsets;
    bool has_validity;
    cached cache[CACHE];
    uint32_t seen, hits;
    bool cache_off;
} column;

/* ---- values ---- */

static uint32_t slot_of(uint64_t key)
{
    return (uint32_t)((key * 0x9E3779B97F4A7C15u) >> 58);
}

/* The object for this key if it is known; else where to keep it. */
static PyObject *cache_find(column *c, uint64_t key, uint32_t len, cached **slot)
{
    *slot = NULL;
    if (c->cache_off)
        return NULL;
    cached *at = &c->cache[slot_of(key ^ len)];
    if (++c->seen == PATIENCE && c->hits < PATIENCE / 2)
        c->cache_off = true;
    if (at->value && at->key == key && at->len == len) {
        c->hits++;
        return Py_NewRef(at->value);
    }
    *slot = at;
    return NULL;
}

static PyObject *cache_keep(cached *slot, uint64_t key, uint32_t len, PyObject *value)
{
    if (slot && value) {
        Py_XDECREF(slot->value);
        *slot = (cached){key, len, Py_NewRef(value)};
    }
    return value;
}

static PyObject *double_at(column *c, Py_ssize_t row)
{
    uint64_t bits;
    double d;
    cached *slot;
    memcpy(&bits, (const char *)c->values.buf + row * 8, 8);
    PyObject *found = cache_find(c, bits, 0, &slot);
    if (found)
        return found;
    memcpy(&d, &bits, 8);
    return cache_keep(slot, bits, 0, PyFloat_FromDouble(d));
}

static PyObject *integer_at(const column *c, Py_ssize_t row, size_t width)
{
    const char *at = (const char *)c->values.buf + (size_t)row * width;
    int64_t n8;
    int32_t n4;
    int16_t n2;
    int8_t n1;
    switch (width) {
    case 8:
        memcpy(&n8, at, 8);
        return PyLong_FromLongLong(n8);
    case 4:
        memcpy(&n4, at, 4);
        return PyLong_FromLong(n4);
    case 2:
        memcpy(&n2, at, 2);
        return PyLong_FromLong(n2);
    default:
        memcpy(&n1, at, 1);
        return PyLong_FromLong(n1);
    }
}

static PyObject *text_new(const char *s, Py_ssize_t len)
{
    return PyUnicode_DecodeUTF8(s, len, "replace");
}

static PyObject *text_at(column *c, Py_ssize_t row)
{
    int32_t ends[2];
    uint64_t key = 0;
    cached *slot = NULL;
    memcpy(ends, (const char *)c->offsets.buf + row * 4, 8);
    if (ends[0] < 0 || ends[1] < ends[0] || ends[1] > c->values.len) {
        PyErr_SetString(PyExc_ValueError, "offsets point behind the text");
        return NULL;
    }
    const char *s = (const char *)c->values.buf + ends[0];
    Py_ssize_t len = ends[1] - ends[0];
    if (c->kind == BINARY)
        return PyBytes_FromStringAndSize(s, len);
    if (len > 8) { /* longer ones: the last that came, compared whole */
        cached *last = &c->cache[0];
        PyObject *v = c->cache_off ? NULL : last->value;
        const char *had;
        Py_ssize_t had_len;
        if (++c->seen == PATIENCE && c->hits < PATIENCE / 2)
            c->cache_off = true;
        if (v && last->len == (uint32_t)len && (had = PyUnicode_AsUTF8AndSize(v, &had_len)) &&
            had_len == len && memcmp(had, s, (size_t)len) == 0) {
            c->hits++;
            return Py_NewRef(v);
        }
        return cache_keep(c->cache_off ? NULL : last, 0, (uint32_t)len, text_new(s, len));
    }
    memcpy(&key, s, (size_t)len);
    PyObject *found = cache_find(c, key, (uint32_t)len, &slot);
    return found ? found : cache_keep(slot, key, (uint32_t)len, text_new(s, len));
}

static bool bit(const Py_buffer *b, Py_ssize_t i)
{
    return ((const uint8_t *)b->buf)[i / 8] >> i % 8 & 1;
}

/* The value of a row; start: the first row asked for, where a list begins. */
static PyObject *value_at(column *c, Py_ssize_t row, Py_ssize_t start)
{
    float f;
    if (c->list)
        return Py_NewRef(PyList_GET_ITEM(c->list, row - start));
    if (c->kind == VOID || (c->has_validity && !bit(&c->validity, row)))
        return Py_NewRef(Py_None);
    switch (c->kind) {
    case BOOLEAN:
        return PyBool_FromLong(bit(&c->values, row));
    case TINYINT:
        return integer_at(c, row, 1);
    case SMALLINT:
        return integer_at(c, row, 2);
    case INT:
        return integer_at(c, row, 4);
    case BIGINT:
        return integer_at(c, row, 8);
    case FLOAT:
        memcpy(&f, (const char *)c->values.buf + row * 4, 4);
        return PyFloat_FromDouble((double)f);
    case DOUBLE:
        return double_at(c, row);
    default:
        return text_at(c, row);
    }
}

/* ---- columns ---- */

static Py_ssize_t wanted_bytes(int kind, Py_ssize_t rows)
{
    static const int8_t widths[] = {0, 0, 1, 2, 4, 8, 4, 8};
    if (kind == BOOLEAN)
        return (rows + 7) / 8;
    return kind <= DOUBLE ? rows * widths[kind] : 0;
}

static int column_check(const column *c, Py_ssize_t stop)
{
    bool known = c->kind >= VOID && c->kind <= BINARY && c->kind != 8;
    bool text = c->kind == STRING || c->kind == BINARY;
    if (known && c->kind != VOID &&
        (c->values.len < wanted_bytes(c->kind, stop) ||
         (c->has_validity && c->validity.len < (stop + 7) / 8) ||
         (text && c->offsets.len < (stop + 1) * 4)))
        known = false;
    if (!known)
        PyErr_SetString(PyExc_ValueError, "a column's buffers do not fit its rows");
    return known ? 0 : -1;
}

static int buffer_open(PyObject *from, Py_buffer *to)
{
    return from == Py_None ? 0 : PyObject_GetBuffer(from, to, PyBUF_SIMPLE);
}

static int column_open(column *c, PyObject *from, Py_ssize_t start, Py_ssize_t stop)
{
    PyObject *validity, *values, *offsets;
    if (PyList_Check(from)) {
        c->list = from;
        if (PyList_GET_SIZE(from) == stop - start)
            return 0;
        PyErr_SetString(PyExc_ValueError, "a list of another length than its rows");
        return -1;
    }
    if (!PyArg_ParseTuple(from, "iOOO", &c->kind, &validity, &values, &offsets) ||
        buffer_open(validity, &c->validity) < 0 || buffer_open(values, &c->values) < 0 ||
        buffer_open(offsets, &c->offsets) < 0)
        return -1;
    c->has_validity = validity != Py_None;
    return column_check(c, stop);
}

static void columns_close(column *columns, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++) {
        PyBuffer_Release(&columns[i].validity);
        PyBuffer_Release(&columns[i].values);
        PyBuffer_Release(&columns[i].offsets);
        for (uint32_t k = 0; k < CACHE; k++)
            Py_XDECREF(columns[i].cache[k].value);
    }
    PyMem_Free(columns);
}

/* ---- records ---- */

/* A dict with all keys: copies of it are made faster than dicts from nothing. */
static PyObject *template_new(PyObject *names)
{
    PyObject *d = PyDict_New();
    for (Py_ssize_t i = 0; d && i < PyList_GET_SIZE(names); i++) {
        if (PyDict_SetItem(d, PyList_GET_ITEM(names, i), Py_None) < 0)
            Py_CLEAR(d);
    }
    return d;
}

static PyObject *record_new(column *columns, PyObject *names, PyObject *template, Py_ssize_t row,
                            Py_ssize_t start)
{
    PyObject *record = PyDict_Copy(template);
    Py_ssize_t n = PyList_GET_SIZE(names);
    for (Py_ssize_t i = 0; record && i < n; i++) {
        PyObject *v = value_at(&columns[i], row, start);
        if (!v || PyDict_SetItem(record, PyList_GET_ITEM(names, i), v) < 0)
            Py_CLEAR(record);
        Py_XDECREF(v);
    }
    return record;
}

static PyObject *records_new(column *columns, PyObject *names, Py_ssize_t start, Py_ssize_t stop)
{
    PyObject *template = template_new(names);
    PyObject *out = template ? PyList_New(stop - start) : NULL;
    for (Py_ssize_t row = start; out && row < stop; row++) {
        PyObject *record = record_new(columns, names, template, row, start);
        if (!record) {
            Py_CLEAR(out);
            break;
        }
        PyList_SET_ITEM(out, row - start, record);
    }
    Py_XDECREF(template);
    return out;
}

PyObject *speed_records(PyObject *self, PyObject *const *args, Py_ssize_t n_args)
{
    (void)self;
    if (n_args != 4 || !PyList_Check(args[0]) || !PyList_Check(args[1]) ||
        PyList_GET_SIZE(args[0]) != PyList_GET_SIZE(args[1])) {
        PyErr_SetString(PyExc_TypeError, "records(columns, names, start, stop)");
        return NULL;
    }
    Py_ssize_t start = PyLong_AsSsize_t(args[2]), stop = PyLong_AsSsize_t(args[3]);
    if (PyErr_Occurred())
        return NULL;
    if (start < 0 || stop < start) {
        PyErr_SetString(PyExc_IndexError, "no such rows");
        return NULL;
    }
    Py_ssize_t n = PyList_GET_SIZE(args[0]);
    column *columns = PyMem_Calloc((size_t)n + 1, sizeof *columns);
    if (!columns)
        return PyErr_NoMemory();
    PyObject *out = NULL;
    bool ok = true;
    for (Py_ssize_t i = 0; i < n && ok; i++)
        ok = column_open(&columns[i], PyList_GET_ITEM(args[0], i), start, stop) == 0;
    if (ok)
        out = records_new(columns, args[1], start, stop);
    columns_close(columns, n);
    return out;
}
