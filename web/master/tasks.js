/* The tasks of a job: a timeline of them by worker, and the same in tables. */
import {$, h, put, text} from './dom.js';
import {now} from './api.js';
import * as f from './format.js';
import {Timeline, arrange} from './timeline.js';

const SLOWEST = 10;
let timeline = null;
let parts = null;

function build() {
    parts = {legend: h('div', {class: 'legend'}), summary: h('p', {class: 'quiet small'}), picture: h('div'), workers: h('tbody'), slowest: h('tbody')};
    timeline = new Timeline(parts.picture, $('timeline-tools'));
    const head = (...cells) => h('thead', null, h('tr', null, cells.map(([name, classes]) => h('th', {scope: 'col', class: classes}, name))));
    put($('tasks-body'), parts.legend, parts.picture,
        h('details', {open: true}, h('summary', null, 'Tasks by worker'), h('div', {class: 'scroll'}, h('table', {id: 'by-worker'},
          head(['Worker'], ['Tasks', 'num'], ['Failed', 'num'], ['Lost', 'num wide'], ['Busy', 'num'], ['Median', 'num wide'], ['Longest', 'num'], ['Records', 'num mid'], ['Read', 'num mid']), parts.workers))),
        h('details', null, h('summary', null, 'Slowest tasks'), h('div', {class: 'scroll'}, h('table', {id: 'slowest'},
          head(['Task'], ['Worker'], ['State', 'wide'], ['Started after', 'num wide'], ['Ran', 'num'], ['Records', 'num'], ['Read', 'num mid']), parts.slowest))));
}

/* ---- tables ---- */

function byWorker(t, a) {
    return t.workers.map((name, w) => {
        const mine = a.byWorker[w], runs = mine.map((i) => a.end[i] - t.start_us[i]).sort((x, y) => x - y);
        const sum = (list) => list ? mine.reduce((s, i) => s + (list[i] || 0), 0) : 0, how = (s) => mine.filter((i) => t.state[i] === s).length;
        return h('tr', null, h('td', {class: 'break'}, name), h('td', {class: 'num'}, f.count(mine.length)), h('td', {class: 'num'}, f.count(how('F'))), h('td', {class: 'num wide'}, f.count(how('L'))),
                 h('td', {class: 'num'}, a.span > 0 ? f.percent(runs.reduce((s, r) => s + r, 0), a.span * Math.max(1, a.lanes[w])) : '–'), h('td', {class: 'num wide'}, runs.length ? f.duration(runs[runs.length >> 1]) : '–'),
                 h('td', {class: 'num'}, runs.length ? f.duration(runs[runs.length - 1]) : '–'), h('td', {class: 'num mid'}, f.short(sum(t.rows))), h('td', {class: 'num mid'}, f.bytes(sum(t.bytes))));
    });
}

export const STATES = {D: 'done', R: 'running', F: 'failed', L: 'lost', C: 'cancelled'};

function slowest(t, a) {
    const order = [...t.task.keys()].sort((x, y) => (a.end[y] - t.start_us[y]) - (a.end[x] - t.start_us[x])).slice(0, SLOWEST);
    return order.map((i) => h('tr', null, h('td', {class: 'nowrap'}, t.stage[i] + '.' + t.task[i] + (t.attempt[i] ? ', attempt ' + (t.attempt[i] + 1) : '')), h('td', {class: 'break'}, t.workers[t.worker[i]] || '–'),
                              h('td', {class: 'wide'}, STATES[t.state[i]] || t.state[i]), h('td', {class: 'num wide'}, f.duration(t.start_us[i])), h('td', {class: 'num'}, f.duration(a.end[i] - t.start_us[i])),
                              h('td', {class: 'num'}, f.short(t.rows ? t.rows[i] : null)), h('td', {class: 'num mid'}, f.bytes(t.bytes ? t.bytes[i] : null))));
}

function legend(t, job) {
    const names = new Map((job.stages || []).map((s) => [s.id, s.name]));
    const stages = [...new Set(t.stage)].sort((a, b) => a - b);
    const item = (classes, words) => h('span', {class: classes}, h('i'), words);
    return [stages.slice(0, 6).map((s) => item('s' + s % 6, 'Stage ' + s + (names.get(s) ? ': ' + names.get(s) : ''))), stages.length > 6 ? '…' : null,
            t.state.includes('F') ? item('failed', 'failed') : null, t.state.includes('L') ? item('failed', 'lost with its worker') : null, t.state.includes('R') ? item('open', 'running') : null];
}

/* ---- all of it ---- */

export function drawTasks(t, jobNow) {
    const job = jobNow();
    $('tasks').hidden = !t.task.length;
    if (!t.task.length || !job)
        return;
    if (!timeline)
        build();
    const open = job.finished_us ? job.finished_us - job.submitted_us : now() - job.submitted_us;
    const a = arrange(t, open);
    text($('tasks-count'), f.plural(t.task.length, 'attempt') + ' on ' + f.plural(t.workers.length, 'worker') + (t.truncated ? ', the first of ' + f.count(t.n) : ''));
    put(parts.legend, legend(t, job));
    put(parts.workers, byWorker(t, a));
    put(parts.slowest, slowest(t, a));
    timeline.show(t, a);
}
