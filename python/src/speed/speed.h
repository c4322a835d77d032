/*
 * The hot paths between dicts and columns. Everything here has a twin in plain Python (_columns.py,
 * _rows.py) that gives the same and serves where this was not compiled.
 * Functions return a new reference, or NULL with an exception set. Thread rule: the GIL.
 */
#ifndef QUERN_SPEED_H
#define QUERN_SPEED_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stdint.h>

/* columns(records, start, stop, names): the records' values in columns. names: the columns known so
 * far, in order; keys that are new are appended to it. A list, one tuple for each name: (kind,
 * validity or None, values, offsets or None) kind: a number of the protocol, or -1: a value here is
 * of a type that plain Python has to look at. */
PyObject *speed_columns(PyObject *self, PyObject *const *args, Py_ssize_t n_args);

/* records(columns, names, start, stop): rows as dicts. columns: for each name either a list with
 * the values of rows start to stop, or a tuple (kind, validity or None, values, offsets or None)
 * over all rows. Lengths must have been checked. */
PyObject *speed_records(PyObject *self, PyObject *const *args, Py_ssize_t n_args);

/* Numbers of the protocol (types.py). */
enum kind {
    ODD = -1,
    VOID = 0,
    BOOLEAN = 1,
    TINYINT = 2,
    SMALLINT = 3,
    INT = 4,
    BIGINT = 5,
    FLOAT = 6,
    DOUBLE = 7,
    STRING = 9,
    BINARY = 10
};

#endif
