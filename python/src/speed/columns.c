/* Dicts to columns. */
#include <string.h>

#include "speed.h"

typedef struct column {
    int kind;
    Py_ssize_t rows; /* so far */
    bool nulls;
    uint8_t *valid;  /* a byte a row */
    uint64_t *words; /* numbers, booleans: a word a row */
    int32_t *ends;   /* strings: where each ends */
    char *text;
    size_t text_len, text_room;
} column;

typedef struct table {
    Py_ssize_t rows, n, room;
    column *columns;
    PyObject *names; /* list, borrowed */
    PyObject *index; /* name -> column */
} table;

/* ---- memory ---- */

static void table_free(table *t)
{
    for (Py_ssize_t i = 0; i < t->n; i++) {
        PyMem_RawFree(t->columns[i].valid);
        PyMem_RawFree(t->columns[i].words);
        PyMem_RawFree(t->columns[i].ends);
        PyMem_RawFree(t->columns[i].text);
    }
    PyMem_RawFree(t->columns);
    Py_XDECREF(t->index);
}

/* -1 with an exception set. */
static Py_ssize_t column_new(table *t, PyObject *name)
{
    if (t->n == t->room) {
        Py_ssize_t room = t->room ? 2 * t->room : 16;
        column *more = PyMem_RawRealloc(t->columns, (size_t)room * sizeof *more);
        if (!more) {
            PyErr_NoMemory();
            return -1;
        }
        t->columns = more;
        t->room = room;
    }
    column *c = &t->columns[t->n];
    memset(c, 0, sizeof *c);
    c->valid = PyMem_RawCalloc((size_t)t->rows + 1, 1);
    PyObject *at = PyLong_FromSsize_t(t->n);
    if (!c->valid || !at || PyDict_SetItem(t->index, name, at) < 0) {
        PyMem_RawFree(c->valid);
        Py_XDECREF(at);
        if (!PyErr_Occurred())
            PyErr_NoMemory();
        return -1;
    }
    Py_DECREF(at);
    return t->n++;
}

static int words_need(column *c, Py_ssize_t rows)
{
    if (!c->words)
        c->words = PyMem_RawCalloc((size_t)rows + 1, sizeof *c->words);
    return c->words ? 0 : -1;
}

static int text_need(column *c, Py_ssize_t rows, size_t len)
{
    if (!c->ends)
        c->ends = PyMem_RawCalloc((size_t)rows + 1, sizeof *c->ends);
    if (!c->ends)
        return -1;
    if (c->text_len + len <= c->text_room)
        return 0;
    size_t room = (c->text_len + len) * 2 + 4096;
    char *more = PyMem_RawRealloc(c->text, room);
    if (!more)
        return -1;
    c->text = more;
    c->text_room = room;
    return 0;
}

/* ---- values ---- */

static int put_word(column *c, Py_ssize_t row, Py_ssize_t rows, uint64_t word)
{
    if (words_need(c, rows) < 0)
        return -1;
    c->words[row] = word;
    c->valid[row] = 1;
    return 0;
}

static int put_double(column *c, Py_ssize_t row, Py_ssize_t rows, double d)
{
    uint64_t word;
    memcpy(&word, &d, sizeof word);
    return put_word(c, row, rows, word);
}

/* Integers before the first float become floats. */
static void widen(column *c, Py_ssize_t row)
{
    for (Py_ssize_t i = 0; i < row; i++) {
        double d = (double)(int64_t)c->words[i];
        memcpy(&c->words[i], &d, sizeof d);
    }
    c->kind = DOUBLE;
}

static int put_float(column *c, Py_ssize_t row, Py_ssize_t rows, double d)
{
    if (c->kind == VOID)
        c->kind = DOUBLE;
    else if (c->kind == BIGINT)
        widen(c, row);
    if (c->kind != DOUBLE) {
        c->kind = ODD;
        return 0;
    }
    return put_double(c, row, rows, d);
}

static int put_int(column *c, Py_ssize_t row, Py_ssize_t rows, PyObject *v)
{
    int over;
    long long n = PyLong_AsLongLongAndOverflow(v, &over);
    if (n == -1 && !over && PyErr_Occurred())
        return -1;
    if (c->kind == VOID)
        c->kind = BIGINT;
    if (over || (c->kind != BIGINT && c->kind != DOUBLE)) {
        c->kind = ODD;
        return 0;
    }
    return c->kind == DOUBLE ? put_double(c, row, rows, (double)n)
                             : put_word(c, row, rows, (uint64_t)n);
}

static int put_text(column *c, Py_ssize_t row, Py_ssize_t rows, const char *s, Py_ssize_t len)
{
    if (c->kind == VOID)
        c->kind = STRING;
    if (c->kind != STRING || c->text_len + (size_t)len > INT32_MAX) {
        c->kind = ODD;
        return 0;
    }
    if (text_need(c, rows, (size_t)len) < 0)
        return -1;
    if (len)
        memcpy(c->text + c->text_len, s, (size_t)len);
    c->text_len += (size_t)len;
    c->valid[row] = 1;
    return 0;
}

static int put_str(column *c, Py_ssize_t row, Py_ssize_t rows, PyObject *v)
{
    if (PyUnicode_IS_COMPACT_ASCII(v))
        return put_text(c, row, rows, (const char *)PyUnicode_DATA(v), PyUnicode_GET_LENGTH(v));
    PyObject *bytes = PyUnicode_AsEncodedString(v, "utf-8", "replace"); /* lone surrogates: ? */
    if (!bytes)
        return -1;
    int rc = put_text(c, row, rows, PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes));
    Py_DECREF(bytes);
    return rc;
}

static int put_bool(column *c, Py_ssize_t row, Py_ssize_t rows, bool b)
{
    if (c->kind == VOID)
        c->kind = BOOLEAN;
    if (c->kind != BOOLEAN) {
        c->kind = ODD;
        return 0;
    }
    return put_word(c, row, rows, b);
}

/* Rows that the column missed are NULL. */
static void skip_to(column *c, Py_ssize_t row)
{
    if (c->rows < row)
        c->nulls = true;
    for (; c->rows < row; c->rows++) {
        if (c->ends)
            c->ends[c->rows] = (int32_t)c->text_len;
    }
}

/* 0, or -1 with an exception set or memory out. */
static int put(column *c, Py_ssize_t row, Py_ssize_t rows, PyObject *v)
{
    int rc = 0;
    if (c->kind == ODD)
        return 0;
    skip_to(c, row);
    if (v == Py_None)
        c->nulls = true;
    else if (PyFloat_Check(v))
        rc = put_float(c, row, rows, PyFloat_AS_DOUBLE(v));
    else if (PyUnicode_Check(v))
        rc = put_str(c, row, rows, v);
    else if (PyBool_Check(v))
        rc = put_bool(c, row, rows, v == Py_True);
    else if (PyLong_Check(v))
        rc = put_int(c, row, rows, v);
    else
        c->kind = ODD;
    if (c->ends)
        c->ends[row] = (int32_t)c->text_len;
    c->rows = row + 1;
    return rc;
}

/* ---- records ---- */

/* The column of a key: the one that is expected here, as records mostly have their keys in one
 * order. */
static Py_ssize_t column_of(table *t, Py_ssize_t expected, PyObject *key)
{
    if (expected < t->n && PyList_GET_ITEM(t->names, expected) == key)
        return expected;
    if (!PyUnicode_CheckExact(key)) { /* others could run code that changes the record */
        PyErr_Format(PyExc_TypeError, "a record's key is a %s", Py_TYPE(key)->tp_name);
        return -1;
    }
    PyObject *at = PyDict_GetItemWithError(t->index, key);
    if (at)
        return PyLong_AsSsize_t(at);
    if (PyErr_Occurred() || PyList_Append(t->names, key) < 0)
        return -1;
    return column_new(t, key);
}

static int record_take(table *t, Py_ssize_t row, PyObject *record)
{
    PyObject *key, *value;
    Py_ssize_t at = 0, expected = 0;
    if (!PyDict_Check(record)) {
        PyErr_Format(PyExc_TypeError, "a record is a %s", Py_TYPE(record)->tp_name);
        return -1;
    }
    while (PyDict_Next(record, &at, &key, &value)) {
        Py_ssize_t i = column_of(t, expected, key);
        if (i < 0)
            return -1;
        if (put(&t->columns[i], row, t->rows, value) < 0) {
            if (!PyErr_Occurred())
                PyErr_NoMemory();
            return -1;
        }
        expected = i + 1;
    }
    return 0;
}

/* ---- buffers ---- */

static PyObject *bits_of_bytes(const uint8_t *bytes, Py_ssize_t n)
{
    PyObject *out = PyBytes_FromStringAndSize(NULL, (n + 7) / 8);
    if (!out)
        return NULL;
    uint8_t *to = (uint8_t *)PyBytes_AS_STRING(out);
    memset(to, 0, (size_t)(n + 7) / 8);
    for (Py_ssize_t i = 0; i < n; i++)
        to[i / 8] |= (uint8_t)(bytes[i] << i % 8);
    return out;
}

static PyObject *bits_of_words(const uint64_t *words, Py_ssize_t n)
{
    PyObject *out = PyBytes_FromStringAndSize(NULL, (n + 7) / 8);
    if (!out)
        return NULL;
    uint8_t *to = (uint8_t *)PyBytes_AS_STRING(out);
    memset(to, 0, (size_t)(n + 7) / 8);
    for (Py_ssize_t i = 0; i < n; i++)
        to[i / 8] |= (uint8_t)((words[i] & 1) << i % 8);
    return out;
}

static PyObject *offsets_of(const column *c, Py_ssize_t n)
{
    PyObject *out = PyBytes_FromStringAndSize(NULL, (n + 1) * 4);
    if (!out)
        return NULL;
    memset(PyBytes_AS_STRING(out), 0, 4);
    memcpy(PyBytes_AS_STRING(out) + 4, c->ends, (size_t)n * 4);
    return out;
}

static PyObject *column_give(column *c, Py_ssize_t n)
{
    PyObject *validity = Py_None, *values = Py_None, *offsets = Py_None;
    if (c->kind != ODD)
        skip_to(c, n);
    if (c->kind <= VOID)
        return Py_BuildValue("(iOOO)", c->kind, Py_None, Py_None, Py_None);
    validity = c->nulls ? bits_of_bytes(c->valid, n) : Py_NewRef(Py_None);
    if (c->kind == STRING) {
        offsets = offsets_of(c, n);
        values = PyBytes_FromStringAndSize(c->text, (Py_ssize_t)c->text_len);
    } else {
        offsets = Py_NewRef(Py_None);
        values = c->kind == BOOLEAN ? bits_of_words(c->words, n)
                                    : PyBytes_FromStringAndSize((const char *)c->words, n * 8);
    }
    return Py_BuildValue("(iNNN)", c->kind, validity, values, offsets); /* NULL inside: an error */
}

static PyObject *table_give(table *t)
{
    PyObject *out = PyList_New(t->n);
    for (Py_ssize_t i = 0; out && i < t->n; i++) {
        PyObject *c = column_give(&t->columns[i], t->rows);
        if (!c) {
            Py_CLEAR(out);
            break;
        }
        PyList_SET_ITEM(out, i, c);
    }
    return out;
}

static int table_fill(table *t, PyObject *records, Py_ssize_t start)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(t->names); i++) {
        if (column_new(t, PyList_GET_ITEM(t->names, i)) < 0)
            return -1;
    }
    for (Py_ssize_t row = 0; row < t->rows; row++) {
        if (start + row >= PyList_GET_SIZE(records)) {
            PyErr_SetString(PyExc_IndexError, "the records changed while they were read");
            return -1;
        }
        PyObject *record = Py_NewRef(PyList_GET_ITEM(records, start + row));
        int rc = record_take(t, row, record);
        Py_DECREF(record);
        if (rc < 0)
            return -1;
    }
    return 0;
}

PyObject *speed_columns(PyObject *self, PyObject *const *args, Py_ssize_t n_args)
{
    (void)self;
    if (n_args != 4 || !PyList_Check(args[0]) || !PyList_Check(args[3])) {
        PyErr_SetString(PyExc_TypeError, "columns(records, start, stop, names)");
        return NULL;
    }
    Py_ssize_t start = PyLong_AsSsize_t(args[1]), stop = PyLong_AsSsize_t(args[2]);
    if (PyErr_Occurred())
        return NULL;
    if (start < 0 || stop < start || stop > PyList_GET_SIZE(args[0])) {
        PyErr_SetString(PyExc_IndexError, "no such records");
        return NULL;
    }
    table t = {.rows = stop - start, .names = args[3], .index = PyDict_New()};
    PyObject *out = NULL;
    if (t.index && table_fill(&t, args[0], start) == 0)
        out = table_give(&t);
    table_free(&t);
    return out;
}
