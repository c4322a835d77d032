/* The overview: cluster at a glance, running jobs, workers, past jobs. */
import {get, now, setNow, paced, url} from './api.js';
import {$, h, put, text, keyed, meter, state, command} from './dom.js';
import * as f from './format.js';
import {follow, tick} from './frame.js';
import {past} from './past.js';

const WORKERS_SHOWN = 60;
let cluster = null;
let allWorkers = false;
const running = new Map(); /* id → job */

/* ---- cluster at a glance ---- */

function cell(name) {
    const big = h('dd', {class: 'big'}), bar = meter(name), line = h('dd', {class: 'line'});
    $('glance').append(h('div', null, h('dt', null, name), big, h('dd', null, bar.element), line));
    return {big, bar, line};
}

const glance = {workers: cell('Workers'), cores: cell('Cores in use'), memory: cell('Memory in use'), jobs: cell('Jobs')};

function of(place, used, total) {
    put(place, used, h('small', null, ' / ' + total));
}

const byState = (name) => cluster.workers.filter((w) => w.state === name);
const latest = (list, field) => list.reduce((most, w) => Math.max(most, w[field] || 0), 0);

function workersLine(alive, draining, lost) {
    const parts = [];
    if (draining.length)
        parts.push(h('span', {class: 'warn'}, draining.length + ' draining'));
    if (lost.length) {
        const at = latest(lost, 'lost_us');
        parts.push(h('span', {class: 'bad'}, lost.length + ' lost' + (at ? ', last ' + ago(at) : '')));
    }
    if (!parts.length)
        return alive.length ? 'all alive' : 'none registered';
    return parts.flatMap((p, i) => i ? [' · ', p] : [p]);
}

function ago(us) {
    const past = now() - us;
    return past < 1.5e6 ? 'just now' : f.elapsed(past).replace(/\.\d s/, ' s') + ' ago';
}

function drawGlance() {
    const alive = byState('ALIVE'), draining = byState('DRAINING'), lost = byState('LOST');
    of(glance.workers.big, f.count(alive.length), f.count(cluster.workers.length));
    glance.workers.bar.set(alive.length, cluster.workers.length);
    put(glance.workers.line, workersLine(alive, draining, lost));
    of(glance.cores.big, f.count(cluster.cores_used), f.count(cluster.cores));
    glance.cores.bar.set(cluster.cores_used, cluster.cores);
    text(glance.cores.line, cluster.cores ? f.percent(cluster.cores_used, cluster.cores) + ' busy, ' +
                                                cluster.scheduler + ' scheduling' : 'no cores yet');
    if (cluster.memory_bytes)
        of(glance.memory.big, ...f.bytesOf(cluster.memory_used_bytes, cluster.memory_bytes));
    else
        put(glance.memory.big, '0');
    glance.memory.bar.set(cluster.memory_used_bytes, cluster.memory_bytes);
    text(glance.memory.line, cluster.memory_bytes ? f.percent(cluster.memory_used_bytes, cluster.memory_bytes) + ' of what workers lend' : 'no memory yet');
    drawJobs(cluster.jobs);
}

function drawJobs(jobs) {
    const ended = jobs.completed + jobs.failed + jobs.cancelled;
    put(glance.jobs.big, f.count(jobs.running), h('small', null, ' running'));
    glance.jobs.bar.set(jobs.completed, ended, f.percent(jobs.completed, ended) + ' of the ended jobs completed');
    put(glance.jobs.line, jobs.waiting ? h('span', {class: 'warn'}, jobs.waiting + ' waiting · ') : null,
        f.count(jobs.completed) + ' completed', jobs.failed ? [' · ', h('span', {class: 'bad'}, f.count(jobs.failed) + ' failed')] : null,
        jobs.cancelled ? ' · ' + f.count(jobs.cancelled) + ' cancelled' : null);
}

/* ---- running jobs ---- */

function runningRow(job) {
    const name = h('a', {class: 'name', href: url('job/' + job.id)});
    const sub = h('div', {class: 'sub'}), bar = meter('Progress of job ' + job.id, 'tall');
    const tasks = h('div', {class: 'sub'}), read = h('td', {class: 'num wide'}), written = h('td', {class: 'num mid'});
    const time = h('td', {class: 'num'});
    const element = h('tr', {'data-job': job.id}, h('td', null, name, sub), h('td', {class: 'progress-cell'}, bar.element, tasks), read, written, time);
    return {element, update(j) {
        text(name, j.name || 'Job ' + j.id);
        put(sub, state(j.state), ' ', '#' + j.id, j.user ? ' · ' + j.user : '', statement(j));
        bar.set(j.tasks_done, j.tasks_total, tasksOf(j));
        put(tasks, tasksOf(j), j.tasks_failed ? h('span', {class: 'why'}, ' · ' + f.plural(j.tasks_failed, 'failed attempt')) : null);
        text(read, j.rows_read ? f.short(j.rows_read) : '–');
        text(written, j.rows_written ? f.short(j.rows_written) : '–');
        text(time, f.elapsed(now() - (j.started_us || j.submitted_us)));
    }};
}

const statement = (j) => j.statements > 1 ? ' · statement ' + j.statement + ' of ' + j.statements : '';
const tasksOf = (j) => j.tasks_total ? f.count(j.tasks_done) + ' of ' + f.plural(j.tasks_total, 'task') + ', ' + f.percent(j.tasks_done, j.tasks_total)
                                     : j.state === 'WAITING' ? 'waiting to start' : 'planning';

function drawRunning() {
    const list = [...running.values()].sort((a, b) => b.id - a.id);
    keyed($('running'), list, (j) => j.id, runningRow);
    $('running-box').hidden = !list.length;
    text($('running-count'), list.length ? list.length : '');
    drawRunningEmpty(!list.length);
}

function drawRunningEmpty(empty) {
    const box = $('running-empty');
    if (empty && box.hidden && cluster)
        put(box, h('p', null, 'Nothing runs now. Submit a job:'),
            command('quern submit jobs/stage3.sql --master ' + cluster.master_url + ' --input items.json --output out'));
    box.hidden = !empty || !cluster;
}

/* ---- workers ---- */

function slots(worker) {
    if (worker.cores > 32)
        return null;
    const squares = [];
    for (let i = 0; i < worker.cores; i++)
        squares.push(h('i', {class: i < worker.cores_used ? 'used' : null}));
    return h('span', {class: 'slots', 'aria-hidden': 'true'}, squares);
}

function workerRow() {
    const name = h('td'), where = h('td'), cores = h('td'), memory = h('td', {class: 'wide nowrap'});
    const done = h('td', {class: 'num wide'}), failed = h('td', {class: 'num wide'}), heard = h('td', {class: 'num mid'});
    const bar = meter('Memory in use'), used = h('div');
    memory.append(used, bar.element);
    let drawn = '';
    const element = h('tr', null, name, where, cores, memory, done, failed, heard);
    return {element, update(w) {
        /* Rows that did not change are left alone: a link under the reader's finger stays. */
        const now_is = JSON.stringify([w.webui_url, w.host, w.state, w.cores, w.cores_used, w.version]);
        if (now_is !== drawn) {
            drawn = now_is;
            put(name, workerName(w), h('div', {class: 'sub mono wide'}, w.worker_id));
            put(cores, slots(w), ' ', h('span', {class: 'nowrap'}, f.count(w.cores_used) + ' of ' + f.count(w.cores)));
        }
        element.classList.toggle('gone', w.state === 'LOST');
        put(where, state(w.state), h('div', {class: 'sub'}, workerSince(w)));
        text(used, f.bytesOf(w.memory_used_bytes, w.memory_bytes).join(' of '));
        bar.set(w.memory_used_bytes, w.memory_bytes);
        text(done, f.count(w.tasks_done));
        text(failed, f.count(w.tasks_failed));
        text(heard, w.last_heard_us ? ago(w.last_heard_us) : '–');
    }};
}

const workerName = (w) => w.webui_url && w.state !== 'LOST' ? h('a', {class: 'name', href: w.webui_url}, w.host) : h('span', {class: 'name'}, w.host);
const workerSince = (w) => w.state === 'LOST' && w.lost_us ? ago(w.lost_us) : 'since ' + f.clock(w.registered_us);

function drawWorkers() {
    const order = {LOST: 0, DRAINING: 1, ALIVE: 2};
    const list = [...cluster.workers].sort((a, b) => order[a.state] - order[b.state] || String(a.host).localeCompare(b.host) || a.id - b.id);
    const shown = allWorkers ? list : list.slice(0, WORKERS_SHOWN);
    keyed($('workers'), shown, (w) => w.id, workerRow);
    $('workers-box').hidden = !list.length;
    text($('workers-count'), list.length ? f.count(list.length) : '');
    $('workers-more').hidden = shown.length === list.length;
    if (shown.length < list.length)
        put($('workers-more'), h('button', {type: 'button', on: {click: () => {
            allWorkers = true;
            drawWorkers();
        }}}, 'Show all ' + f.count(list.length)));
    if (!list.length && $('workers-empty').hidden)
        put($('workers-empty'), h('p', null, 'No worker has registered. Start one on any machine that reaches the master:'), command('quern-worker ' + cluster.master_url));
    $('workers-empty').hidden = !!list.length;
}

/* ---- all of it ---- */

function takeCluster(c) {
    setNow(c.now_us);
    cluster = {...cluster, ...c};
    text($('where'), c.master_url);
    text($('since'), 'up ' + f.elapsed(now() - c.started_us) + ', since ' + f.clock(c.started_us));
    text($('version'), 'quern ' + c.version);
    drawGlance();
    drawWorkers();
}

function takeJob(job) {
    const ended = job.finished_us || ['COMPLETED', 'FAILED', 'CANCELLED'].includes(job.state);
    if (ended && running.delete(job.id))
        past.reload();
    else if (!ended)
        running.set(job.id, job);
    drawRunning();
}

function takeWorker(w) {
    if (!cluster)
        return;
    const i = cluster.workers.findIndex((other) => other.id === w.id);
    if (i < 0)
        cluster.workers.push(w);
    else
        cluster.workers[i] = w;
    drawGlance();
    drawWorkers();
}

function drawSettings(list) {
    put($('settings'), (list || []).map((s) => h('tr', null, h('td', {class: 'mono'}, s.name), h('td', {class: 'mono break'}, s.value), h('td', {class: 'quiet'}, s.source))));
}

const reload = paced(async () => {
    try {
        const [c, r, w] = await Promise.all([get('cluster'), get('jobs?state=RUNNING&limit=200'), get('jobs?state=WAITING&limit=200')]);
        running.clear();
        for (const job of [...r.jobs, ...w.jobs])
            running.set(job.id, job);
        takeCluster(c);
        drawSettings(c.settings);
        drawRunning();
        await past.reload();
    } catch (e) {
        console.info('reload: ' + e.message); /* the connection's own state says so on the page */
    }
}, 1000);

follow({cluster: takeCluster, job: takeJob, worker: takeWorker}, reload);
tick(() => {
    if (!cluster)
        return;
    drawRunning();
    drawGlance();
    drawWorkers();
});
