/* The module. */
#include "speed.h"

static PyMethodDef methods[] = {
    {"columns", (PyCFunction)(void (*)(void))speed_columns, METH_FASTCALL,
     "columns(records, start, stop, names) -> list of (kind, validity, values, offsets)"},
    {"records", (PyCFunction)(void (*)(void))speed_records, METH_FASTCALL,
     "records(columns, names, start, stop) -> list of dicts"},
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "quern._speed",
                                    .m_doc = "Dicts to columns and back.", .m_size = -1,
                                    .m_methods = methods};

PyMODINIT_FUNC PyInit__speed(void);

PyMODINIT_FUNC PyInit__speed(void)
{
    return PyModule_Create(&module);
}
