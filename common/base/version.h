/* The program's version, one place. */
#ifndef Q_BASE_VERSION_H
#define Q_BASE_VERSION_H

#define Q_VERSION       "0.1.0"
#define Q_SPARK_VERSION "3.5.0" /* the dialect and semantics */

#endif
