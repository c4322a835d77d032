/* The tables of a job's page. */
import {$, h, put, text, keyed, meter, state} from './dom.js';
import {now} from './api.js';
import * as f from './format.js';

/* ---- stages ---- */

function stageRow(stage) {
    const is = h('td'), bar = meter('Tasks of stage ' + stage.id), done = h('div', {class: 'sub'}), failed = h('td', {class: 'num wide'});
    const read = h('td', {class: 'num wide'}), out = h('td', {class: 'num mid'}), bytes = h('td', {class: 'num mid'}), took = h('td', {class: 'num'});
    const name = h('div'), kind = h('div', {class: 'sub'});
    const element = h('tr', null, h('td', null, name, kind), is, h('td', {class: 'progress-cell'}, bar.element, done), failed, read, out, bytes, took);
    return {element, update(s) {
        text(name, s.name || 'Stage ' + s.id);
        text(kind, 'stage ' + s.id + (s.kind ? ' · ' + s.kind : ''));
        put(is, state(s.state));
        bar.element.className = 'meter ' + String(s.state).toLowerCase();
        bar.set(s.tasks_done, s.tasks_total);
        text(done, f.count(s.tasks_done) + ' of ' + f.count(s.tasks_total));
        text(failed, f.count(s.tasks_failed || 0));
        text(read, f.short(s.rows_read));
        text(out, f.short(s.rows_out));
        text(bytes, f.bytes(s.bytes_read));
        text(took, s.submitted_us ? f.duration((s.finished_us || now()) - s.submitted_us) : '–');
    }};
}

export function drawStages(stages) {
    $('stages').hidden = !stages.length;
    keyed($('stage-rows'), stages, (s) => s.id, stageRow);
}

/* ---- partitions ---- */

const SHOWN = 12;
let allPartitions = false;

function median(numbers) {
    const sorted = [...numbers].sort((a, b) => a - b);
    return sorted.length ? sorted[sorted.length >> 1] : 0;
}

const times = (x) => x < 100 ? x.toFixed(1) : f.short(Math.round(x));

function partitionRow(p, most, middle, sized) {
    const bar = meter('Share of the largest partition');
    bar.set(p.rows, most);
    bar.element.setAttribute('aria-hidden', 'true');
    return h('tr', {class: p.skewed ? 'skewed' : null}, h('td', {class: 'break'}, p.key === null || p.key === undefined ? 'NULL' : String(p.key),
             p.skewed ? [' ', h('span', {class: 'skew'}, 'skewed' + (middle ? ', ' + times(p.rows / middle) + ' × the median' : ''))] : null),
             h('td', {class: 'bar-cell wide'}, bar.element), h('td', {class: 'num'}, f.count(p.rows)), h('td', {class: 'num', hidden: !sized}, f.bytes(p.bytes)), h('td', {class: 'num mid'}, p.stage));
}

export function drawPartitions(parts) {
    $('partitions').hidden = !parts.length;
    if (!parts.length)
        return;
    const middle = median(parts.map((p) => p.rows)), most = parts.reduce((m, p) => Math.max(m, p.rows), 0);
    const skewed = parts.filter((p) => p.skewed).length, shown = allPartitions ? parts : parts.slice(0, SHOWN);
    const sized = parts.some((p) => p.bytes !== null && p.bytes !== undefined);
    put($('partitions-count'), f.count(parts.length), skewed ? h('span', {class: 'skew'}, ' · ' + skewed + ' skewed') : ' · evenly sized');
    put($('partitions-body'), h('div', {class: 'scroll'}, h('table', {class: 'parts'},
        h('thead', null, h('tr', null, h('th', {scope: 'col'}, 'Key'), h('th', {scope: 'col', class: 'wide'}, 'Size'), h('th', {scope: 'col', class: 'num'}, 'Records'), h('th', {scope: 'col', class: 'num', hidden: !sized}, 'Bytes'), h('th', {scope: 'col', class: 'num mid'}, 'Stage'))),
        h('tbody', null, shown.map((p) => partitionRow(p, most, middle, sized))))),
        shown.length < parts.length ? h('p', {class: 'pager'}, h('button', {type: 'button', on: {click: () => {
            allPartitions = true;
            drawPartitions(parts);
        }}}, 'Show all ' + parts.length)) : null);
}

/* ---- bad records ---- */

export function drawRecords(report) {
    $('records').hidden = !report || !report.count;
    if (!report || !report.count)
        return;
    const first = report.first || [];
    text($('records-count'), f.count(report.count) + (first.length && first.length < report.count ? ', the first ' + first.length + ' shown' : ''));
    put($('records-body'), h('div', {class: 'scroll'}, h('table', null,
        h('thead', null, h('tr', null, h('th', {scope: 'col'}, 'File'), h('th', {scope: 'col', class: 'num'}, 'Record'), h('th', {scope: 'col', class: 'wide'}, 'Place'), h('th', {scope: 'col'}, 'Reason'))),
        h('tbody', null, first.map((r) => h('tr', null, h('td', {class: 'mono break'}, r.file), h('td', {class: 'num'}, f.count(r.record)), h('td', {class: 'wide nowrap'}, placeOf(r)),
                                                h('td', {class: 'break'}, r.reason, r.excerpt ? h('div', {class: 'sub mono'}, r.excerpt) : null)))))));
}

function placeOf(r) {
    if (r.line)
        return 'line ' + f.count(r.line) + (r.column ? ', column ' + r.column : '');
    return r.byte === null || r.byte === undefined ? '–' : 'byte ' + f.count(r.byte);
}

/* ---- settings, status ---- */

export function drawSettings(conf) {
    const names = Object.keys(conf).sort();
    $('settings').hidden = !names.length;
    put($('setting-rows'), names.map((n) => h('tr', null, h('td', {class: 'mono'}, n), h('td', {class: 'mono break'}, conf[n]))));
}

export function drawStatus(rows) {
    $('status').hidden = !rows.length;
    put($('status-rows'), rows.map((r) => h('tr', null, h('td', {class: 'nowrap'}, f.clock(r.at_us)), h('td', {class: 'mono wide'}, r.table), h('td', null, state(r.status)), h('td', {class: 'break'}, r.message), h('td', {class: r.sent ? null : 'skew'}, r.sent ? 'yes' : 'not yet'))));
}
