#!/bin/sh
# Prints a C file with the table q_http_files (common/http/files.h): the bytes of the files given.
set -eu
cd "$(dirname "$0")/.."
echo '/* Made by tools/embed_web.sh. */'
echo '#include "common/http/files.h"'
n=0
for f in "$@"; do
    n=$((n + 1))
    echo "extern const unsigned char q_web_${n}[], q_web_end_${n}[];"
    printf '%s\n' "__asm__(\".section .rodata\\n.balign 16\\nq_web_${n}:\\n.incbin \\\"$f\\\"\\nq_web_end_${n}:\\n.byte 0\\n.previous\\n\");"
done
echo 'const q_http_file q_http_files[] = {'
n=0
for f in "$@"; do
    n=$((n + 1))
    echo "    {\"$f\", q_web_${n}, q_web_end_${n}},"
done
echo '    {0},'
echo '};'
