/* A worker's own page: what it lends, what it does now, what it did last. */
import {get, now, setNow, paced} from './api.js';
import {$, h, put, text, keyed, meter, state} from './dom.js';
import * as f from './format.js';
import {follow, tick} from './frame.js';

let worker = null;

function cell(name, withBar) {
    const big = h('dd', {class: 'big'}), bar = meter(name), line = h('dd', {class: 'line'});
    $('glance').append(h('div', null, h('dt', null, name), big, withBar ? h('dd', null, bar.element) : null, line));
    return {big, bar, line};
}

const glance = {cores: cell('Cores in use', true), memory: cell('Memory in use', true), kept: cell('Rows kept for running jobs', true), tasks: cell('Tasks done')};

const of = (place, used, total) => put(place, used, h('small', null, ' / ' + total));

function drawGlance() {
    const w = worker;
    of(glance.cores.big, f.count(w.cores_used), f.count(w.cores));
    glance.cores.bar.set(w.cores_used, w.cores);
    text(glance.cores.line, f.percent(w.cores_used, w.cores) + ' busy');
    of(glance.memory.big, ...f.bytesOf(w.memory_used_bytes, w.memory_bytes));
    glance.memory.bar.set(w.memory_used_bytes, w.memory_bytes);
    text(glance.memory.line, f.percent(w.memory_used_bytes, w.memory_bytes) + ' of what it lends');
    put(glance.kept.big, f.bytes(w.kept_rows_bytes || 0));
    glance.kept.bar.set(w.kept_rows_bytes || 0, w.memory_bytes);
    text(glance.kept.line, 'until their job has its result');
    put(glance.tasks.big, f.count(w.done || 0));
    put(glance.tasks.line, w.failed ? h('span', {class: 'bad'}, f.count(w.failed) + ' failed') : 'none failed');
}

function taskRow(t) {
    const phase = h('td'), time = h('td', {class: 'num'});
    return {element: h('tr', null, h('td', null, t.stage + '.' + t.task), h('td', null, 'job ' + t.job), h('td', {class: 'wide'}, f.count((t.attempt || 0) + 1)), phase, time), update(n) {
        text(phase, n.phase ?? '–');
        text(time, n.start_us ? f.elapsed(now() - n.start_us) : '–');
    }};
}

const WORDS = {D: 'completed', F: 'failed', L: 'lost', C: 'cancelled', R: 'running'};
const recentRow = (t) => h('tr', null, h('td', null, t.stage + '.' + t.task), h('td', null, 'job ' + t.job), h('td', {class: 'wide'}, f.count((t.attempt || 0) + 1)),
                           h('td', null, state(WORDS[t.state] || t.state)), h('td', {class: 'num wide'}, f.clock(t.start_us)), h('td', {class: 'num'}, f.duration(t.run_us)));

function drawTasks() {
    const tasks = worker.tasks || [], recent = worker.recent || [];
    keyed($('now'), tasks, (t) => [t.job, t.stage, t.task, t.attempt].join('.'), taskRow);
    $('now-box').hidden = !tasks.length;
    $('now-empty').hidden = !!tasks.length;
    text($('now-count'), tasks.length || '');
    $('recent-section').hidden = !recent.length;
    text($('recent-count'), recent.length || '');
    put($('recent'), recent.map(recentRow));
}

function take(w) {
    worker = {...worker, ...w};
    setNow(w.now_us);
    text($('name'), worker.host || 'Worker');
    document.title = 'quern: worker ' + (worker.host || '');
    text($('where'), worker.worker_id);
    put($('since'), state(worker.state), ' with ', h('span', {class: 'mono'}, worker.master_url), worker.registered_us ? ', registered ' + f.clock(worker.registered_us) : '');
    text($('version'), 'quern ' + worker.version);
    drawGlance();
    drawTasks();
}

const reload = paced(async () => {
    try {
        take(await get('worker'));
    } catch (e) {
        console.info('reload: ' + e.message);
    }
}, 1000);

follow({worker: take}, reload);
tick(() => worker && keyed($('now'), worker.tasks || [], (t) => [t.job, t.stage, t.task, t.attempt].join('.'), taskRow));
