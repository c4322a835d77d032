/* SQL as text with line numbers; the place of an error marked where it is. */
import {$, h, put, text} from './dom.js';

const LINES_MOST = 1500;
const WORDS = new Set(('ALL AND ANTI ANY AS ASC BETWEEN BY CASE CAST CREATE CROSS CURRENT DESC DESCRIBE DIRECTORY DISTINCT DIV ELSE END ESCAPE EXCEPT EXISTS EXPLAIN FALSE FIRST FOLLOWING FROM FULL ' +
    'GROUP HAVING IF ILIKE IN INNER INSERT INTERVAL INTO IS JOIN LAST LEFT LIKE LIMIT NOT NULL NULLS OFFSET ON OPTIONS OR ORDER OUTER OVER OVERWRITE PARTITION PRECEDING RANGE REPLACE RIGHT RLIKE ROW ROWS ' +
    'SELECT SEMI SET SHOW TABLE TEMPORARY THEN TRUE TRY_CAST UNBOUNDED UNION USING VALUES VIEW WHEN WHERE WITH').split(' '));
const TOKEN = /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|('(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|"(?:[^"\\]|\\[\s\S])*(?:"|$))|(`[^`]*`?)|(\b\d[\w.]*)|([A-Za-z_]\w*)/g;

/* [{kind, text}…] for each line. */
function lines(sql) {
    const rows = [[]];
    const push = (kind, part) => part.split('\n').forEach((piece, i) => {
        if (i)
            rows.push([]);
        if (piece)
            rows[rows.length - 1].push({kind, text: piece});
    });
    let last = 0;
    for (const m of sql.matchAll(TOKEN)) {
        push('', sql.slice(last, m.index));
        push(m[1] ? 'c' : m[2] ? 's' : m[4] ? 'n' : m[5] && WORDS.has(m[5].toUpperCase()) ? 'k' : '', m[0]);
        last = m.index + m[0].length;
    }
    push('', sql.slice(last));
    return rows;
}

const coloured = (parts) => parts.map((p) => p.kind ? h('span', {class: 'sql-' + p.kind}, p.text) : p.text);

function row(number, parts, here) {
    return h('div', {class: 'row' + (here ? ' here' : '')}, h('span', {class: 'no', 'aria-hidden': 'true'}, number),
             h('span', {class: 'text'}, here ? [h('span', {class: 'unseen'}, 'Line ' + number + ', with the error: '), parts] : parts));
}

/* Under the column, as the command line prints it. Tabs stay tabs so that the caret keeps its place. */
function caretRow(line, column) {
    const before = line.slice(0, Math.max(0, column - 1)).replace(/[^\t]/g, ' ');
    const word = /^[\w.`]+/.exec(line.slice(column - 1));
    return h('div', {class: 'row here', 'aria-hidden': 'true'}, h('span', {class: 'no'}), h('span', {class: 'text caret'}, before + '^' + '~'.repeat(word ? word[0].length - 1 : 0)));
}

/* The error's line if it is one of this SQL (a bad record's line is one of a file's). */
function place(job) {
    const e = job.error;
    if (!e || !e.line || !job.sql)
        return null;
    const line = job.sql.split('\n')[e.line - 1];
    return line === undefined || (e.excerpt && !line.includes(e.excerpt.split('\n')[0].trim())) ? null : {line: e.line, column: e.column || 0, text: line};
}

let drawn = null;

export function drawSql(job) {
    const sql = job.sql || '', at = place(job), is = sql + '\u0000' + JSON.stringify(at);
    $('sql').hidden = !sql;
    if (is === drawn)
        return;
    drawn = is;
    const all = lines(sql.replace(/\n$/, ''));
    const rows = all.slice(0, LINES_MOST).flatMap((parts, i) => at && at.line === i + 1 ? [row(i + 1, coloured(parts), true), at.column ? caretRow(at.text, at.column) : null] : [row(i + 1, coloured(parts))]);
    put($('sql-body'), h('div', {class: 'code', tabindex: 0, role: 'region', 'aria-label': 'SQL of the job'}, rows),
        all.length > LINES_MOST ? h('p', {class: 'quiet'}, (all.length - LINES_MOST) + ' more lines; Copy has them all.') : null);
    $('sql-copy').onclick = () => navigator.clipboard && navigator.clipboard.writeText(sql).then(() => text($('sql-copy'), 'Copied'));
}

/* ---- what went wrong ---- */

function excerpt(job) {
    const at = place(job), e = job.error;
    if (at) {
        const all = lines(job.sql), rows = [];
        for (let n = Math.max(1, at.line - 2); n <= Math.min(all.length, at.line + 1); n++) {
            rows.push(row(n, coloured(all[n - 1]), n === at.line));
            if (n === at.line && at.column)
                rows.push(caretRow(at.text, at.column));
        }
        return h('div', {class: 'code', tabindex: 0, role: 'region', 'aria-label': 'Place of the error'}, rows);
    }
    return e.excerpt ? h('div', {class: 'code', tabindex: 0, role: 'region', 'aria-label': 'What was read there'}, row(e.line || '', [e.excerpt], true), e.column && e.line ? caretRow(e.excerpt, e.column) : null) : null;
}

const where = (e) => e.line ? [' at line ' + e.line + (e.column ? ', column ' + e.column : '')] : [];
let troubleDrawn = null;

export function drawTrouble(job) {
    const e = job.error, is = JSON.stringify([e, job.state]);
    $('trouble').hidden = !e;
    if (!e || is === troubleDrawn)
        return;
    troubleDrawn = is;
    put($('trouble'), h('h2', {id: 'trouble-title'}, job.state === 'CANCELLED' ? 'Cancelled' : 'What went wrong'), h('p', null, e.message),
        h('p', {class: 'class'}, e.class, where(e)), excerpt(job), e.hint ? h('p', {class: 'hint'}, 'Hint: ' + e.hint) : null);
}
