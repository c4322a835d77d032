#!/bin/sh
# Includes point one way: each folder may include only itself and what stands behind it here.
# A longer prefix wins. The fix for a report is to move the code, or to pass what is needed as an
# argument, not to widen the table (docs/HACKING.md, "Layers").
set -eu
cd "$(dirname "$0")/.."

layers='
common/base     common/base
common/column   common/base common/column
common/io       common/base common/column common/io
common/sql      common/base common/column common/sql
common/plan     common/base common/column common/io common/sql common/plan
common/exec     common/base common/column common/io common/sql common/plan common/exec proto
proto           common/base common/column proto
common/net      common/base common/column proto common/net
common/http     common/base common/http
master          common/base common/column common/io common/sql common/plan common/exec proto common/net common/http master
worker          common/base common/column common/io common/sql common/plan common/exec proto common/net common/http worker
cli             common proto master worker cli
'
# Inside common/exec only its own files know these.
private='common/exec/kernel/ common/exec/op/ common/exec/func/'

sources=$(git ls-files -- common proto master worker cli | grep -E '\.(c|cc|h|def)$' || true)
[ -n "$sources" ] || exit 0
# shellcheck disable=SC2086
grep -Hn '^[[:space:]]*#[[:space:]]*include "' $sources | awk -v layers="$layers" -v private="$private" '
function layer_of(path, i, best) {
    best = ""
    for (i = 1; i <= n_layers; i++)
        if (index(path, names[i] "/") == 1 && length(names[i]) > length(best)) best = names[i]
    return best
}
BEGIN {
    n = split(layers, rows, "\n")
    for (i = 1; i <= n; i++) {
        if (split(rows[i], words, " ") < 2) continue
        names[++n_layers] = words[1]
        line = ""
        for (j = 2; j in words; j++) line = line " " words[j]
        allowed[words[1]] = line " "
        split("", words)
    }
    n_private = split(private, hidden, " ")
}
{
    split($0, at, ":")
    file = at[1]
    from = layer_of(file)
    target = $0
    sub(/^[^"]*"/, "", target)
    sub(/".*/, "", target)
    to = layer_of(target)
    why = ""
    if (to == "")
        why = "includes are named from the root of the repository"
    else if (from != "cli" && index(allowed[from], " " to " ") == 0)
        why = from " must not know " to
    else if (from != "common/exec")
        for (i = 1; i <= n_private; i++)
            if (index(target, hidden[i]) == 1) why = hidden[i] " is private to common/exec"
    if (why != "") {
        print file ":" at[2] ": #include \"" target "\": " why
        bad = 1
    }
}
END { exit bad }'
